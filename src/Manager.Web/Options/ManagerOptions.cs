using System.Globalization;

namespace Lockstep.Manager.Web.Options;

/// <summary>What the manager was started with; immutable, validated. Listed in docs/reference/configuration.md.</summary>
internal sealed record ManagerOptions
{
    /// <summary>Where it listens unless told otherwise.</summary>
    public const string DefaultUrls = "http://127.0.0.1:8080";

    /// <summary>
    /// Session time-out on the embedded cluster, in ms: a machine on which one tries things out is often busy, and the death of a
    /// member is not seen by its session there but by the manager, which started it.
    /// </summary>
    public const int EmbeddedSessionTimeoutMs = 4_000;

    /// <summary>Deploys the demo group.</summary>
    public bool IsDemo { get; init; }

    /// <summary>Rows a second that the demo's generator writes.</summary>
    public int DemoRate { get; init; } = 20;

    /// <summary>Kafka's bootstrap servers; null for the embedded cluster.</summary>
    public string? Kafka { get; init; }

    /// <summary>ZooKeeper's servers; null for the embedded cluster.</summary>
    public string? ZooKeeper { get; init; }

    /// <summary>ZooKeeper session time-out that engines ask for, in ms; null for their default.</summary>
    public int? SessionTimeoutMs { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons.</summary>
    public string Urls { get; init; } = DefaultUrls;

    /// <summary>Folder of the database, keys, logs and members' files; a full path.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The worker program; null to look beside the manager.</summary>
    public string? Worker { get; init; }

    /// <summary>Folders whose files models may read, full paths: code of scripts, word vectors, ONNX models.</summary>
    public IReadOnlyList<string> ModelFiles { get; init; } = [];

    /// <summary>How a worker is told of <see cref="ModelFiles"/>: nothing else is granted.</summary>
    public IEnumerable<string> ModelFileArguments => ModelFiles.SelectMany(f => new[] { "--model-files", f }).Prepend("--granted-files-only");

    /// <summary>The embedded cluster's program; null to look beside the manager.</summary>
    public string? LocalCluster { get; init; }

    /// <summary>The first admin token; null to read or make the one in the data folder. Never logged.</summary>
    public string? AdminToken { get; init; }

    /// <summary>True: the embedded in-memory cluster serves as the bus.</summary>
    public bool IsEmbedded => Kafka is null;

    /// <summary>Reads options; every problem comes back at once.</summary>
    /// <param name="read">Gives the text of an option (<c>demo-rate</c>), or null.</param>
    /// <returns>The options, and what is wrong with them; use the options only when nothing is.</returns>
    public static (ManagerOptions Options, IReadOnlyList<string> Problems) Parse(Func<string, string?> read)
    {
        var problems = new List<string>();
        var options = new ManagerOptions
        {
            IsDemo = Flag("demo"),
            DemoRate = Number("demo-rate", 1, 100_000) ?? 20,
            Kafka = NotEmpty("kafka"),
            ZooKeeper = NotEmpty("zookeeper"),
            SessionTimeoutMs = Number("session-timeout-ms", 100, 60_000) ?? (NotEmpty("kafka") is null ? EmbeddedSessionTimeoutMs : null),
            Urls = NotEmpty("urls") ?? DefaultUrls,
            DataFolder = Path.GetFullPath(NotEmpty("data") ?? DefaultFolder()),
            Worker = NotEmpty("worker"),
            ModelFiles =
            [
                .. (NotEmpty("model-files") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .Select(Path.GetFullPath),
            ],
            LocalCluster = NotEmpty("local-cluster"),
            AdminToken = NotEmpty("admin-token"),
        };
        if (options.Kafka is null != options.ZooKeeper is null)
        {
            problems.Add("--kafka and --zookeeper go together; give both, or none for the embedded cluster.");
        }

        foreach (var url in options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(url.Replace("*", "any", StringComparison.Ordinal), UriKind.Absolute, out var uri)
                || uri.Scheme is not ("http" or "https"))
            {
                problems.Add($"--urls: '{url}' is not an http or https address such as {DefaultUrls}.");
            }
        }

        foreach (var folder in options.ModelFiles.Where(f => !Directory.Exists(f)))
        {
            problems.Add($"--model-files: there is no folder '{folder}'.");
        }

        if (options.AdminToken is { Length: < 16 })
        {
            problems.Add("LOCKSTEP_ADMIN_TOKEN has at least 16 characters.");
        }

        foreach (var (name, path) in new[] { ("worker", options.Worker), ("local-cluster", options.LocalCluster) })
        {
            if (path is not null && !File.Exists(path))
            {
                problems.Add($"--{name}: there is no file '{path}'.");
            }
        }

        return (options, problems);

        string? NotEmpty(string name) => read(name) is { Length: > 0 } text ? text : null;

        bool Flag(string name)
        {
            var text = NotEmpty(name);
            if (text is null || bool.TryParse(text, out _))
            {
                return text is not null && bool.Parse(text);
            }

            problems.Add($"--{name}: '{text}' is neither true nor false.");
            return false;
        }

        int? Number(string name, int least, int most)
        {
            var text = NotEmpty(name);
            if (text is null)
            {
                return null;
            }

            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number;
            }

            problems.Add($"--{name}: '{text}' is not a number from {least} to {most}.");
            return null;
        }
    }

    /// <summary>A folder of the working directory where there is one already; else the user's state folder.</summary>
    private static string DefaultFolder()
    {
        const string here = "lockstep-data";
        if (Directory.Exists(here))
        {
            return here;
        }

        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return home.Length == 0 ? here : Path.Combine(home, ".local", "state", "lockstep");
        }

        return Path.Combine(state, "lockstep");
    }
}
