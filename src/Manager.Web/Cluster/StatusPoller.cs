using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Security;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>
/// Asks workers over HTTP that live but do not report: those that an earlier manager started with another address than
/// this one's can't find its hub.
/// </summary>
internal sealed class StatusPoller(GroupSupervisor supervisor, WorkerRegistry registry, AccessKeys keys, TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietFor = TimeSpan.FromSeconds(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = new HttpClient { Timeout = Limit };
        client.DefaultRequestHeaders.Add(KeyAuthentication.WorkerHeader, keys.WorkerKey);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Task.WhenAll(supervisor.Members.Values
                .Where(m => m is { IsAlive: true, Address.Length: > 0 } && IsQuiet(m))
                .Select(m => AskAsync(client, m, stoppingToken)));
        }
    }

    private bool IsQuiet(MemberProcess member) =>
        registry.Of(member.Group, member.Member.Name) is not { ConnectionId: not null } report
        || time.GetUtcNow() - report.SeenAt > QuietFor;

    private async Task AskAsync(HttpClient client, MemberProcess member, CancellationToken cancellation)
    {
        try
        {
            var text = await client.GetStringAsync(new Uri(new Uri(member.Address), "status"), cancellation);
            if (JsonSerializer.Deserialize<WorkerStatus>(text, Json) is { } status
                && status.Group == member.Group && status.Member == member.Member.Name && status.Pid == member.Process?.Pid)
            {
                registry.Take(status, null);
            }
        }
        catch (Exception away) when (
            away is HttpRequestException or JsonException || (away is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // It is starting, ending or busy: its age grows, which is what the console shows.
        }
    }
}
