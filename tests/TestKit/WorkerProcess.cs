using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;

namespace Lockstep.TestKit;

/// <summary>A worker as a process of its own, and what it says about itself. The worker lies beside the running test.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private const string StatusMark = "status at ";
    private static readonly TimeSpan UntilDeadline = TimeSpan.FromSeconds(90);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly ChildProcess _process;
    private volatile Uri? _status;

    private WorkerProcess(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, Action<string>? onLine) =>
        _process = ChildProcess.Start("dotnet", arguments, environment, onLine: line =>
        {
            // Kept here: the process's own log may be longer than what is kept of it.
            if (_status is null && line.IndexOf(StatusMark, StringComparison.Ordinal) is >= 0 and var at)
            {
                _status = new Uri(line[(at + StatusMark.Length)..]);
            }

            onLine?.Invoke(line);
        });

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>True once the process has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit code of an ended process.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The newest lines of its log.</summary>
    public IReadOnlyList<string> Output => _process.Output;

    /// <summary>Starts <c>run</c> with further arguments.</summary>
    /// <param name="arguments">The model and options.</param>
    public static WorkerProcess Start(params string[] arguments) => Start(arguments, environment: null, onLine: null);

    /// <summary>Starts <c>run</c> with further arguments.</summary>
    /// <param name="arguments">The model and options.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    /// <param name="onLine">Called with each line of the log, from a thread of its own.</param>
    public static WorkerProcess Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment, Action<string>? onLine)
    {
        var variables = new Dictionary<string, string?> { ["DOTNET_TieredPGO"] = "0" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            variables[name] = value;
        }

        string[] all = [Path.Combine(AppContext.BaseDirectory, "Lockstep.Engine.Worker.dll"), "run", .. arguments];
        return new WorkerProcess(all, variables, onLine);
    }

    /// <summary>True when a kept line of its log has the text.</summary>
    /// <param name="text">The text, as it stands.</param>
    public bool HasLogged(string text) => _process.Output.Any(l => l.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until the status is as wanted, and gives it.</summary>
    /// <param name="wanted">What is waited for.</param>
    /// <exception cref="InvalidOperationException">The process has ended; the message has its last lines.</exception>
    /// <exception cref="TimeoutException">It did not come true in 90 s; the message has status and last lines.</exception>
    public async Task<WorkerStatus> UntilAsync(Func<WorkerStatus, bool> wanted)
    {
        WorkerStatus? last = null;
        await Eventually.TrueAsync(
            async () =>
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"The worker has ended: {_process.Describe()}");
                }

                last = await StatusAsync();
                return last is not null && wanted(last);
            },
            UntilDeadline,
            () => $"{last}{Environment.NewLine}{_process.Describe()}");
        return last!;
    }

    /// <summary>Waits until the member has a role.</summary>
    /// <param name="role">The role.</param>
    public Task<WorkerStatus> UntilRoleAsync(MemberRole role) => UntilAsync(s => s.Role == role);

    /// <summary>What it says about itself; null while it does not answer.</summary>
    public async Task<WorkerStatus?> StatusAsync()
    {
        if (_status is not { } address)
        {
            return null;
        }

        try
        {
            return await Http.GetFromJsonAsync<WorkerStatus>(address, Json);
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException or IOException)
        {
            return null; // It ends, or stands still.
        }
    }

    /// <summary>Ends it at once (SIGKILL) and waits until it is gone.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Asks it to end (SIGTERM) and waits until it has.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        _process.Terminate();
        return await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end (SIGTERM); does not wait.</summary>
    public void Terminate() => _process.Terminate();

    /// <summary>Stops it where it stands (SIGSTOP).</summary>
    public void Pause() => _process.Pause();

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Continue() => _process.Continue();

    /// <summary>Waits until the process has ended.</summary>
    /// <param name="deadline">How long to wait; 30 s when not given.</param>
    /// <returns>The exit code.</returns>
    public Task<int> WaitForExitAsync(TimeSpan? deadline = null) => _process.WaitForExitAsync(deadline);

    /// <summary>The program with its last lines, for failure messages.</summary>
    public string Describe() => _process.Describe();

    /// <summary>Ends the process if it still runs.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
