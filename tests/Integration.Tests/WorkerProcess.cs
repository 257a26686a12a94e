using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.TestKit;

namespace Lockstep.Integration.Tests;

/// <summary>A worker as a process of its own, and what it says about itself.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly HttpClient Http = new();
    private readonly ChildProcess _process;

    private WorkerProcess(ChildProcess process) => _process = process;

    public IReadOnlyList<string> Output => _process.Output;

    public static WorkerProcess Start(params string[] arguments) => new(ChildProcess.Start(
        "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "Lockstep.Engine.Worker.dll"), "run", .. arguments],
        new Dictionary<string, string?> { ["DOTNET_TieredPGO"] = "0" }));

    public bool HasLogged(string text) => _process.Output.Any(l => l.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until the status is as wanted, and gives it.</summary>
    public async Task<WorkerStatus> UntilAsync(Func<WorkerStatus, bool> wanted)
    {
        WorkerStatus? last = null;
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(_process.HasExited, _process.Describe());
                last = await StatusAsync();
                return last is not null && wanted(last);
            },
            TimeSpan.FromSeconds(90),
            () => $"{last}{Environment.NewLine}{_process.Describe()}");
        return last!;
    }

    public Task<WorkerStatus> UntilRoleAsync(MemberRole role) => UntilAsync(s => s.Role == role);

    public async Task<WorkerStatus?> StatusAsync()
    {
        const string mark = "status at ";
        if (_process.Output.FirstOrDefault(l => l.Contains(mark, StringComparison.Ordinal)) is not { } line)
        {
            return null;
        }

        try
        {
            var address = line[(line.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..];
            return await Http.GetFromJsonAsync<WorkerStatus>(new Uri(address), Json);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public Task KillAsync() => _process.KillAsync();

    public async Task<int> StopAsync()
    {
        _process.Terminate();
        return await _process.WaitForExitAsync();
    }

    public string Describe() => _process.Describe();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
