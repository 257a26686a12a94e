using System.Collections.Immutable;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Hubs;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Hubs;
using Lockstep.Manager.Web.Launching;
using Lockstep.Manager.Web.Storage;
using Microsoft.AspNetCore.SignalR;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>
/// Makes what is wanted so: looks at the members' processes, lets the <see cref="Reconciler"/> decide, carries out. One loop
/// starts and stops; anybody may read <see cref="Members"/>, kill, or ask for a look. Workers go on when it ends.
/// </summary>
internal sealed partial class GroupSupervisor(
    DeploymentStore store, MemberStarter starter, GroupStorage storage, BusAddress bus, WorkerRegistry registry,
    GroupForgetter forgetter, OwnAddress own, IHubContext<WorkersHub, IWorkerClient> hub, TimeProvider time, ILogger<GroupSupervisor> logger)
    : BackgroundService
{
    /// <summary>Time between two looks when nothing happens.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    private readonly ChangeSignal _signal = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private ImmutableDictionary<(string Group, string Member), MemberProcess> _members =
        ImmutableDictionary<(string, string), MemberProcess>.Empty;

    /// <summary>All members' processes by group and name.</summary>
    public ImmutableDictionary<(string Group, string Member), MemberProcess> Members => _members;

    /// <summary>Calls <paramref name="changed"/> after each change of a process; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>Asks for a look at once.</summary>
    public void Wake()
    {
        lock (_wake)
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
    }

    /// <summary>Reads which processes an earlier manager has started. Once, before requests are served.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        foreach (var row in await storage.MembersAsync(cancellation))
        {
            if (!store.Groups.TryGetValue(row.Group, out var group))
            {
                continue;
            }

            var name = group.Spec.Members().Where(m => m.Name == row.Member).Select(m => (MemberName?)m).FirstOrDefault();
            var process = new ProcessIdentity(row.Pid, row.StartTicks);
            if (name is { } member)
            {
                Set(new MemberProcess(row.Group, member)
                {
                    Process = process,
                    IsAlive = process.IsAlive,
                    Incarnations = row.Incarnations,
                    StartedAt = row.StartedAt,
                    Address = row.Address,
                });
                LogFound(logger, row.Group, row.Member, row.Pid, process.IsAlive);
            }
        }
    }

    /// <summary>Takes a worker in that reports itself, whoever started it.</summary>
    /// <returns>False: it is not wanted; another process is this member, or there is no such group.</returns>
    public bool Adopt(WorkerStatus status)
    {
        var member = store.Groups.GetValueOrDefault(status.Group)?.Spec.Members()
            .Where(m => m.Name == status.Member).Select(m => (MemberName?)m).FirstOrDefault();
        if (member is not { } name)
        {
            return false;
        }

        var known = _members.GetValueOrDefault((status.Group, status.Member)) ?? new MemberProcess(status.Group, name);
        if (known.IsAlive && known.Process is { } process)
        {
            if (process.Pid != status.Pid)
            {
                return !process.IsAlive;
            }

            if (known.Address != status.Address)
            {
                Change(known, m => m with { Address = status.Address });
                _toKeep.Enqueue((status.Group, status.Member));
            }

            return true;
        }

        Set(known with
        {
            StopAskedAt = null,
            KilledBy = null,
            KilledAt = null,
            Process = ProcessIdentity.Of(status.Pid),
            IsAlive = true,
            StartedAt = status.StartedAt,
            Incarnations = Math.Max(1, known.Incarnations),
            Address = status.Address,
            DiedAt = null,
            End = null,
        });
        _toKeep.Enqueue((status.Group, status.Member));
        return true;
    }

    /// <summary>Kills a member (SIGKILL).</summary>
    /// <returns>False: it has no living process.</returns>
    public bool Kill(string group, string member, string actor)
    {
        if (_members.GetValueOrDefault((group, member)) is not { IsAlive: true, Process: { } process } known)
        {
            return false;
        }

        Change(known, m => m with { KilledBy = actor, KilledAt = time.GetUtcNow() });
        var isKilled = process.Kill();
        Wake();
        return isKilled;
    }

    /// <summary>Asks a member to give over and end; it is started again while its group is wanted.</summary>
    /// <returns>False: it has no living process.</returns>
    public async Task<bool> StopAsync(string group, string member)
    {
        if (_members.GetValueOrDefault((group, member)) is not { IsAlive: true, Process: { } process } known)
        {
            return false;
        }

        Change(known, m => m with { StopAskedAt = time.GetUtcNow() });
        if (registry.Of(group, member)?.ConnectionId is { } connection)
        {
            await hub.Clients.Client(connection).StopAsync();
            return true;
        }

        return process.Terminate();
    }

    /// <summary>Asks the active member to give over to the standby.</summary>
    /// <returns>False: it can't be reached.</returns>
    public async Task<bool> SwitchoverAsync(string group, string member)
    {
        if (registry.Of(group, member)?.ConnectionId is not { } connection)
        {
            return false;
        }

        await hub.Clients.Client(connection).SwitchoverAsync();
        return true;
    }

    /// <summary>Asks the active member to give over to one of another version.</summary>
    /// <returns>False: it can't be reached.</returns>
    public async Task<bool> HandOverAsync(string group, string member, string to, string modelDigest)
    {
        if (registry.Of(group, member)?.ConnectionId is not { } connection)
        {
            return false;
        }

        await hub.Clients.Client(connection).HandOverAsync(to, modelDigest);
        return true;
    }

    /// <summary>Asks a shadow to take the group from the version that writes.</summary>
    /// <returns>False: it can't be reached.</returns>
    public async Task<bool> TakeBackAsync(string group, string member)
    {
        if (registry.Of(group, member)?.ConnectionId is not { } connection)
        {
            return false;
        }

        await hub.Clients.Client(connection).TakeBackAsync();
        return true;
    }

    /// <summary>Forgets the deaths of a group's members, so that given-up ones are tried again.</summary>
    public void Pardon(string group)
    {
        foreach (var member in _members.Values.Where(m => m.Group == group))
        {
            Change(member, m => m with { History = RestartHistory.None });
        }

        Wake();
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
        await own.WaitAsync(stoppingToken);
        await bus.WaitAsync(stoppingToken);
        using var wanted = store.Subscribe(Wake);
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var group in store.Groups.Values)
            {
                await LookAsync(group, stoppingToken);
            }

            await KeepAddressesAsync(stoppingToken);
            await _wake.WaitAsync(LookInterval, stoppingToken);
        }
    }

    [LoggerMessage(EventId = 6301, Level = LogLevel.Information, Message = "Found {Group}/{Member}, process {Pid}, alive: {IsAlive}")]
    private static partial void LogFound(ILogger logger, string group, string member, int pid, bool isAlive);
}
