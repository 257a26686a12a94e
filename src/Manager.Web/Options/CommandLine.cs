namespace Lockstep.Manager.Web.Options;

/// <summary>Brings the command line into the form <c>--name=value</c> and finds what is not an option; pure.</summary>
internal static class CommandLine
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Usage = """
        lockstep-manager [options]
          --demo                  deploy the group 'demo' with a generator
          --demo-rate N           its rows a second (20)
          --kafka HOSTS           Kafka's bootstrap servers; without it an embedded cluster is started (in memory, unfenced)
          --zookeeper HOSTS       ZooKeeper's servers; together with --kafka
          --session-timeout-ms N  ZooKeeper session time-out that engines ask for (1000; embedded 4000); at least two ticks are granted
          --urls URLS             where to listen (http://127.0.0.1:8080)
          --data DIR              folder for database, keys, logs (./lockstep-data if it exists, else the state folder)
          --worker PATH           the worker program
          --model-files DIRS      folders whose files models may read, separated by semicolons; none without it
          --local-cluster PATH    the embedded cluster's program
          --check-health URL      ask a running manager whether it is healthy; exit code 0 or 1
        Each option can be given as an environment variable too: LOCKSTEP_DEMO_RATE. LOCKSTEP_ADMIN_TOKEN is the admin token.
        """;

    private static readonly string[] Flags = ["demo", "help"];

    private static readonly string[] WithValue =
        ["demo-rate", "kafka", "zookeeper", "session-timeout-ms", "urls", "data", "worker", "model-files", "local-cluster", "check-health"];

    // What the framework's own test host passes on.
    private static readonly string[] Framework = ["environment", "contentRoot", "applicationName"];

    /// <summary>Normal form of the arguments, and what is wrong with them.</summary>
    public static (string[] Arguments, IReadOnlyList<string> Problems) Normalize(string[] arguments)
    {
        var normal = new List<string>();
        var problems = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = (equals < 0 ? argument : argument[..equals]).TrimStart('-');
            if (!argument.StartsWith("--", StringComparison.Ordinal) || !IsKnown(name))
            {
                problems.Add($"'{argument}' is not an option; see --help.");
            }
            else if (equals >= 0)
            {
                normal.Add(argument);
            }
            else if (Flags.Contains(name))
            {
                normal.Add($"--{name}=true");
            }
            else if (i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                normal.Add($"--{name}={arguments[++i]}");
            }
            else
            {
                problems.Add($"--{name} needs a value; see --help.");
            }
        }

        return ([.. normal], problems);
    }

    /// <summary>Name of the environment variable of an option: LOCKSTEP_DEMO_RATE.</summary>
    public static string VariableOf(string option) =>
        "LOCKSTEP_" + option.ToUpperInvariant().Replace('-', '_');

    private static bool IsKnown(string name) =>
        Flags.Contains(name) || WithValue.Contains(name) || Framework.Contains(name) || name.Contains(':', StringComparison.Ordinal);
}
