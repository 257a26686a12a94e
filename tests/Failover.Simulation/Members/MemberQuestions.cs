using Lockstep.Failover.Simulation.Bus;

namespace Lockstep.Failover.Simulation.Members;

/// <summary>Where a member starts to follow the journal.</summary>
internal sealed record MemberStart(Snapshot? Snapshot, long JournalStart);

/// <summary>What a member asks the cluster and its peers, by the rules of the real one; answers come through the mailbox.</summary>
internal sealed class MemberQuestions(SimulatedMember member, SimulatedBrokers brokers)
{
    private const long RetryWait = 60 * Schedule.Millisecond;
    private const long AnswerLimit = 100 * Schedule.Millisecond;
    private const long JournalKept = 30;
    private int _start;
    private bool _asksJoinEnd;

    public long? JoinEnd { get; private set; }

    private PartitionLog Journal => brokers[MemberJournal.Topic];

    public void ForgetJoinEnd() => JoinEnd = null;

    /// <summary>Finds out where to start; asks again and again until there is a way.</summary>
    public void FindStart(long above, long upTo, Action<MemberStart> found, Action none)
    {
        JoinEnd = null;
        var number = ++_start;
        member.Schedule.Observe(FindAsync());

        async Task FindAsync()
        {
            while (number == _start)
            {
                var start = await FindStartAsync(above, upTo);
                member.Post(() =>
                {
                    if (number == _start && start is not null)
                    {
                        found(start);
                    }
                    else if (number == _start)
                    {
                        none();
                    }
                });
                if (start is not null)
                {
                    return;
                }

                await member.WaitAsync(RetryWait * 2);
            }
        }
    }

    public void AskJoinEnd()
    {
        if (!_asksJoinEnd)
        {
            _asksJoinEnd = true;
            member.Schedule.Observe(AskAsync());
        }

        async Task AskAsync()
        {
            var end = await RepeatAsync(() => new Asked(Journal.LastStable, 0));
            member.Post(() =>
            {
                _asksJoinEnd = false;
                JoinEnd = end.A;
            });
        }
    }

    public void AskEnds(int attempt, Action<AskedEnds> found) => member.Schedule.Observe(AskEndsAsync(attempt, found));

    public void Trim()
    {
        var snapshots = member.Host.Disk.Snapshots;
        if (snapshots.Count >= SimulatedDisk.Kept && snapshots[^1].JournalOffset - JournalKept is > 0 and var before)
        {
            member.Host.Kafka.Out(() =>
            {
                if (brokers.IsUp)
                {
                    Journal.DeleteBefore(before);
                }
            });
        }
    }

    private async Task AskEndsAsync(int attempt, Action<AskedEnds> found)
    {
        var ends = await member.AskAsync(member.Host.Kafka, () => brokers.IsUp ? Ends(attempt) : null!, AnswerLimit);
        if (ends is not null)
        {
            member.Post(() => found(ends));
        }
        else
        {
            member.Post(new FailoverInput.FenceFailed(attempt, "The ends are not known."));
        }
    }

    private AskedEnds Ends(int attempt) => new(
        attempt,
        Journal.LastStable,
        [.. Enumerable.Range(0, SimulatedEngine.Outbound).Select(i => brokers[MemberJournal.OutboundTopic(i)].LastStable)],
        [.. Enumerable.Range(0, MemberFeeds.InboundTopics).Select(i => brokers[MemberFeeds.InboundTopic(i)].First)]);

    private async Task<MemberStart?> FindStartAsync(long above, long upTo)
    {
        var (first, end) = await RepeatAsync(() => new Asked(Journal.First, Journal.LastStable));
        if (end == 0)
        {
            return new MemberStart(null, 0);
        }

        var found = member.Host.Disk.Snapshots.FirstOrDefault(s => s.Sequence > above && s.Sequence <= upTo)
            ?? await OfPeersAsync(above);
        return found is null && above >= 0 ? null : new MemberStart(found, Math.Max(first, found?.JournalOffset ?? 0));
    }

    private async Task<Snapshot?> OfPeersAsync(long above)
    {
        foreach (var name in await member.Membership.PeersAsync())
        {
            await member.WaitAsync(member.Schedule.Between(Schedule.Millisecond, 10 * Schedule.Millisecond));
            if (member.Host.World.SnapshotOf(name) is { IsDamaged: false } snapshot && snapshot.Sequence > above)
            {
                member.Host.Disk.Write(snapshot);
                return snapshot;
            }
        }

        return null;
    }

    private async Task<Asked> RepeatAsync(Func<Asked> ask)
    {
        while (true)
        {
            if (await member.AskAsync(member.Host.Kafka, () => brokers.IsUp ? ask() : null!, AnswerLimit) is { } said)
            {
                return said;
            }

            await member.WaitAsync(RetryWait);
        }
    }

    private sealed record Asked(long A, long B);
}
