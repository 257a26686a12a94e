using System.Collections.Immutable;
using Lockstep.Contracts.Failover;
using Lockstep.Failover.Simulation.Bus;
using Lockstep.Failover.Simulation.Checks;
using Lockstep.Failover.Simulation.Coordination;
using Lockstep.Failover.Simulation.Members;

namespace Lockstep.Failover.Simulation;

/// <summary>Everything there is in one run. Waits are those of the product divided by four or so, all alike.</summary>
internal sealed class World
{
    public const long SessionTimeout = 400 * Schedule.Millisecond;
    public const int StandbyBehind = 60;
    public const int DivergenceLimit = 1;
    public const int UpgradeEvery = 5;

    public static readonly TimeSpan SnapshotInterval = TimeSpan.FromMilliseconds(300);
    public static readonly TimeSpan LoneSnapshotInterval = TimeSpan.FromMilliseconds(900);

    public static readonly FailoverTimings Timings = new()
    {
        EmergencySilence = TimeSpan.FromMilliseconds(1_000),
        CommitFailureLimit = TimeSpan.FromMilliseconds(600),
        AcquireLimit = TimeSpan.FromMilliseconds(2_500),
        RetryWait = TimeSpan.FromMilliseconds(20),
        ReclaimWait = TimeSpan.FromMilliseconds(100),
        HandoverLimit = TimeSpan.FromMilliseconds(1_000),
        HandoverWait = TimeSpan.FromMilliseconds(200),
    };

    public World(int seed, Guard missing, Trace trace)
    {
        Missing = missing;
        Upgrades = seed % UpgradeEvery == UpgradeEvery - 1;
        Schedule = new Schedule(seed, trace);
        Weather = WeatherOf(Schedule);
        Brokers = new SimulatedBrokers(Schedule)
        {
            Missing = missing,
            TransactionsV2 = Schedule.Chance(0.5),
            LastEpoch = Schedule.Chance(0.3) ? (short)Schedule.Between(5, 40) : (short)(short.MaxValue - 1),
        };
        Ensemble = new SimulatedEnsemble(Schedule);
        Checks = new GroupChecks(Brokers);
        Supervisor = new Supervisor(this) { ClosesSessions = Schedule.Chance(0.7) };
        IsDeterministic = !Schedule.Chance(0.15);
        DigestInterval = !IsDeterministic ? 0 : Schedule.Between(0, 2) * 100 * Schedule.Millisecond;
        TurnMax = Schedule.Chance(0.2) ? 3_000 : 200;
        Hosts = [.. Enumerable.Range(0, 3).Select(i => new MemberHost(this, i) { ModelDigest = VersionOf(i) })];
        if (Schedule.Chance(0.2))
        {
            Hosts[0].ClockSkew = Schedule.Between(-3_600, 3_600) * Schedule.Second;
        }
    }

    public Guard Missing { get; }

    /// <summary>
    /// True: two versions of the model are in the group. Every so many seeds and not by chance, so that the others stay the
    /// schedules that they are.
    /// </summary>
    public bool Upgrades { get; }

    public Schedule Schedule { get; }

    public NetworkWeather Weather { get; }

    public SimulatedBrokers Brokers { get; }

    public SimulatedEnsemble Ensemble { get; }

    public GroupChecks Checks { get; }

    public Supervisor Supervisor { get; }

    public ImmutableArray<MemberHost> Hosts { get; }

    /// <summary>False: a standby's engine computes something else now and then, at records that carry a digest.</summary>
    public bool IsDeterministic { get; set; }

    public long DigestInterval { get; }

    /// <summary>Longest time until a member's thread takes its next turn.</summary>
    public long TurnMax { get; }

    /// <summary>Inbound records written.</summary>
    public long Written { get; private set; }

    public IEnumerable<SimulatedMember> Members => Hosts.Select(h => h.Process).OfType<SimulatedMember>();

    /// <summary>The last member runs the next version, and the middle one may.</summary>
    private string VersionOf(int index) => Upgrades && (index == 2 || (index == 1 && Schedule.Chance(0.5)))
        ? MemberHost.NextVersion
        : MemberHost.FirstVersion;

    public bool Disturbs() => !IsDeterministic && Schedule.Chance(0.003);

    public void Write(int topic)
    {
        Brokers[MemberFeeds.InboundTopic(topic)].Write(++Written);
    }

    public void Kill(SimulatedMember member, string why)
    {
        if (member.IsAlive)
        {
            member.Say($"killed: {why}");
            member.Kill();
            member.Host.Disk.Crash(Schedule.Now);
            member.Host.Process = null;
            Supervisor.Died(member);
        }
    }

    /// <summary>A member's life has ended by itself: its session ends in order, and it is started again.</summary>
    public void MemberEnded(SimulatedMember member)
    {
        if (member.Ended == FailoverExit.Inconsistent)
        {
            throw new SimulationFailure("defect", $"{member.Host.Name} ended as inconsistent");
        }

        member.Membership.End();
        member.Kill();
        member.Host.Process = null;
        Supervisor.StartLater(member.Host);
    }

    /// <summary>What a peer's endpoint gives; null: it has no snapshot, or does not answer.</summary>
    public Snapshot? SnapshotOf(string name) =>
        Hosts.First(h => h.Name == name) is { Process: { IsPaused: false }, Disk.Snapshots: [var newest, ..] } ? newest : null;

    /// <summary>True: somebody, or somebody's disk, still holds a state from which the rest can be read.</summary>
    public bool CanRecover()
    {
        var journal = Brokers[MemberJournal.Topic];
        bool Reaches(JournalCursor cursor, long journalNext) => journal.First <= journalNext
            && cursor.InboundNext.Select((next, i) => next < 0 || Brokers[MemberFeeds.InboundTopic(i)].First <= next).All(r => r);
        return Members.Any(m => m.State.Role is not (MemberRole.Recovering or MemberRole.Shadow))
            || (journal.First == 0 && Enumerable.Range(0, MemberFeeds.InboundTopics).All(i => Brokers[MemberFeeds.InboundTopic(i)].First == 0))
            || Hosts.Where(h => h.Process is not { State.Role: MemberRole.Shadow }).SelectMany(h => h.Disk.Snapshots)
                .Any(s => !s.IsDamaged && Reaches(s.Cursor, s.JournalOffset + 1));
    }

    private static NetworkWeather WeatherOf(Schedule schedule) => new(
        Loss: schedule.Chance(0.4) ? 0.02 * schedule.Random.NextDouble() : 0,
        Slow: schedule.Chance(0.5) ? 0.05 * schedule.Random.NextDouble() : 0,
        SlowMax: schedule.Between(10, 200) * Schedule.Millisecond,
        Strays: schedule.Chance(0.6) ? 0.3 * schedule.Random.NextDouble() : 0,
        StrayMax: schedule.Between(2, schedule.Chance(0.5) ? 60 : 3_000) * Schedule.Millisecond,
        SeveralLeaders: schedule.Chance(0.7));
}
