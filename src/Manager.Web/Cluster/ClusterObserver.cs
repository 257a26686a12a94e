using System.Collections.Concurrent;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Retention;
using Lockstep.Manager.Web.Storage;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>Makes a new snapshot whenever something is reported, at most each <see cref="Coalesce"/>, and at least each second.</summary>
internal sealed class ClusterObserver(
    ClusterStateStore state, DeploymentStore deployments, GroupSupervisor supervisor, WorkerRegistry registry,
    GroupModels models, FailoverRecorder recorder, FailoverDetector detector, GroupStorage storage, SurroundingsLook surroundings,
    RetentionWatch retention, BusAddress bus, TimeProvider time)
    : BackgroundService
{
    /// <summary>Shortest time between two snapshots.</summary>
    public static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _observing = new();
    private readonly ConcurrentDictionary<string, LedgerResource> _kept = new(StringComparer.Ordinal);
    private DateTimeOffset _keptAt;

    /// <summary>Reads the ledgers that an earlier manager kept. Once, before requests are served.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        foreach (var row in await storage.GroupsAsync(cancellation))
        {
            _kept[row.Name] = new LedgerResource(row.Lost, row.Duplicated, row.LastId, row.LastQ, row.Rows);
        }

        foreach (var group in deployments.Groups.Values)
        {
            await models.OfAsync(group.Spec, cancellation);
        }

        Observe();
    }

    /// <summary>Makes a snapshot at once, so that whoever changed what is wanted reads it back.</summary>
    public async Task ObserveNowAsync(DeploymentSpec spec, CancellationToken cancellation)
    {
        await models.OfAsync(spec, cancellation);
        Observe();
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
        using var reports = registry.Subscribe(Wake);
        using var processes = supervisor.Subscribe(Wake);
        using var wanted = deployments.Subscribe(Wake);
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var group in deployments.Groups.Values)
            {
                await models.OfAsync(group.Spec, stoppingToken);
            }

            Observe();
            await KeepLedgersAsync(stoppingToken);
            await Task.Delay(Coalesce, time, stoppingToken);
            await _wake.WaitAsync(Longest, stoppingToken);
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

    private void Observe()
    {
        lock (_observing)
        {
            ObserveLocked();
        }
    }

    private void ObserveLocked()
    {
        var now = time.GetUtcNow();
        var sentence = bus.Current?.Sentence ?? "The bus is starting.";
        var processes = supervisor.Members;
        var resources = new List<GroupResource>();
        foreach (var group in deployments.Groups.Values)
        {
            var name = group.Spec.Name;
            var members = group.Spec.Members()
                .Select(m => (m, processes.GetValueOrDefault((name, m.Name)), registry.Of(name, m.Name))).ToList();
            detector.Look(name, members, now);
            var topology = models.Known(name)?.Topology;
            var kept = retention.Of(name);
            resources.Add(GroupView.Of(
                group, members, topology is null ? [] : topology.Topics, _kept.GetValueOrDefault(name, new(0, 0, "", 0, 0)),
                recorder.Of(name), sentence, now,
                surroundings.Of(members.Select(m => (m.m, m.Item2)).ToList(), topology?.Topics ?? [])) with
            {
                Alarms = kept?.Alarms ?? [],
                Rebuild = kept?.Resource.Sentence,
            });
        }

        foreach (var gone in state.Current.Groups.Where(g => !deployments.Groups.ContainsKey(g.Name)))
        {
            detector.Forget(gone.Name);
            _kept.TryRemove(gone.Name, out _);
        }

        state.Publish(resources, sentence);
    }

    private async Task KeepLedgersAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now - _keptAt < KeepInterval)
        {
            return;
        }

        _keptAt = now;
        foreach (var group in state.Current.Groups)
        {
            var ledger = group.Ledger;
            if (_kept.GetValueOrDefault(group.Name) is not { } kept || kept.Rows != ledger.Rows || kept.LastQ != ledger.LastQ
                || kept.Lost != ledger.Lost || kept.Duplicated != ledger.Duplicated)
            {
                _kept[group.Name] = ledger;
                await storage.KeepLedgerAsync(
                    group.Name, ledger.Lost, ledger.Duplicated, ledger.LastQ, ledger.LastId, ledger.Rows, cancellation);
            }
        }
    }
}
