using System.Collections.Immutable;
using System.Text;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.ZooKeeper;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>The znodes below /ESP, kept current by a watch; read anew after each reconnect, since a watch misses what happens meanwhile.</summary>
internal sealed partial class ZnodeWatcher(BusAddress bus, ZnodeLog log, TimeProvider time, ILogger<ZnodeWatcher> logger) : BackgroundService
{
    /// <summary>Bytes of data that are shown.</summary>
    public const int MaxShownBytes = 4096;

    /// <summary>Znodes that are read at most.</summary>
    public const int MaxZnodes = 10_000;

    private static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan ConfirmInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryWait = TimeSpan.FromSeconds(1);

    private readonly ChangeSignal _signal = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private volatile ZnodeTree _current = new(
        0, ImmutableSortedDictionary<string, ZnodeResource>.Empty.WithComparers(StringComparer.Ordinal), false, time.GetUtcNow());

    /// <summary>The newest tree.</summary>
    public ZnodeTree Current => _current;

    /// <summary>Calls <paramref name="changed"/> after each change; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>Makes these the newest znodes.</summary>
    public void Publish(ImmutableSortedDictionary<string, ZnodeResource> nodes, bool isConnected)
    {
        _current = new ZnodeTree(_current.Version + 1, nodes, isConnected, time.GetUtcNow());
        _signal.Raise();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var address = await bus.WaitAsync(stoppingToken);
            address = bus.Current ?? address;
            await using var client = ZooKeeperClient.Start(
                new ZooKeeperOptions { ConnectString = address.ZooKeeper }, time, logger);
            client.StateChanged += _ => Wake();
            try
            {
                await WatchAsync(client, address, stoppingToken);
            }
            catch (Exception lost) when (lost is ZooKeeperException or IOException)
            {
                LogLost(logger, lost.Message);
                Publish(_current.Nodes, isConnected: false);
                await Task.Delay(RetryWait, time, stoppingToken);
            }
        }
    }

    private async Task WatchAsync(ZooKeeperClient client, Bus address, CancellationToken cancellation)
    {
        var isWatching = false;
        while (bus.Current == address)
        {
            if (client.State == SessionState.Suspended && _current.IsConnected)
            {
                Publish(_current.Nodes, isConnected: false);
            }

            await client.WaitConnectedAsync(cancellation);
            if (!isWatching)
            {
                await client.AddWatchAsync(ZnodePath.Root, WatchMode.PersistentRecursive, Note, cancellation);
                isWatching = true;
            }

            var nodes = ImmutableSortedDictionary.CreateBuilder<string, ZnodeResource>(StringComparer.Ordinal);
            await ReadAsync(client, ZnodePath.Root, nodes, cancellation);
            log.Learn(nodes.Values);
            Publish(nodes.ToImmutable(), isConnected: true);
            await Task.Delay(Coalesce, time, cancellation);
            await _wake.WaitAsync(ConfirmInterval, cancellation);
        }
    }

    private void Note(WatchEvent seen)
    {
        log.Add(seen);
        Wake();
    }

    private static async Task ReadAsync(
        ZooKeeperClient client, string path, ImmutableSortedDictionary<string, ZnodeResource>.Builder nodes,
        CancellationToken cancellation)
    {
        try
        {
            var data = await client.GetDataAsync(path, null, cancellation);
            var children = data.Stat.NumChildren == 0
                ? []
                : (await client.GetChildrenAsync(path, null, cancellation)).Names.Order(StringComparer.Ordinal).ToList();
            var shown = data.Data.Span[..Math.Min(data.Data.Length, MaxShownBytes)];
            nodes[path] = new ZnodeResource(
                path, children, Encoding.UTF8.GetString(shown), Convert.ToHexStringLower(shown),
                data.Stat.EphemeralOwner.IsNone ? null : data.Stat.EphemeralOwner.ToString(),
                data.Stat.Version, data.Stat.Czxid, DateTimeOffset.FromUnixTimeMilliseconds(data.Stat.ModifiedMs));
            foreach (var child in children.Where(_ => nodes.Count < MaxZnodes))
            {
                await ReadAsync(client, $"{path}/{child}", nodes, cancellation);
            }
        }
        catch (ZooKeeperException gone) when (gone.Code == ErrorCode.NoNode)
        {
            // Deleted between the list and the look: the watch tells, and everything is read again.
        }
    }

    private void Wake()
    {
        lock (_wake)
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
    }

    [LoggerMessage(EventId = 6401, Level = LogLevel.Information, Message = "Watching znodes: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}
