using Lockstep.Manager.Web.Supervision;
using Lockstep.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>
/// The manager's own supervision socket, without the rest of the manager: closes the session of a member that died or is
/// silent at once. Members start again by themselves (<see cref="FaultMember"/>).
/// </summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);
    private readonly string _zooKeeper;
    private readonly SupervisionServer _server;

    public Supervisor(string socket, string zooKeeper)
    {
        _zooKeeper = zooKeeper;
        Socket = socket;
        _server = new SupervisionServer(socket, SupervisionServer.DefaultBeatLimit, CloseAsync, _ => { }, NullLogger.Instance);
    }

    /// <summary>Path of the socket.</summary>
    public string Socket { get; }

    /// <summary>Members that are connected.</summary>
    public int Count => _server.Count;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task CloseAsync(SupervisedWorker worker)
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        try
        {
            await ZooKeeperClient.CloseSessionAsync(
                new ZooKeeperOptions { ConnectString = _zooKeeper },
                new SessionId(worker.SessionId),
                Convert.FromBase64String(worker.SessionPassword),
                limit.Token);
        }
        catch (Exception away) when (away is OperationCanceledException or ZooKeeperException or IOException)
        {
            // The session's time-out does the same later.
        }
    }
}
