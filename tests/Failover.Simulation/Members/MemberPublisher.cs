using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Simulation.Members;

/// <summary>A member's turn at publishing, by the rules of the real one: one step is open while the commit before it is on its way.</summary>
internal sealed class MemberPublisher(SimulatedMember member)
{
    private const int StepRecords = 6;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan IdleTick = TimeSpan.FromMilliseconds(150);
    private TimeSpan _lastCommitEnd;
    private TimeSpan? _lastDigest;
    private int _nextTopic;
    private JournalRecord? _start;

    public void OpenGate() => _lastCommitEnd = member.Elapsed;

    public void CommitEnded() => _lastCommitEnd = member.Elapsed;

    public bool Publish()
    {
        if (!member.State.GateOpen)
        {
            return false;
        }

        var worked = Compute();
        if (!member.State.Pending.IsEmpty)
        {
            return worked;
        }

        if (member.Elapsed - _lastCommitEnd < Linger)
        {
            member.Post(3_000, member.Wake);
            return worked;
        }

        if (!member.Step.IsOpen && (member.Elapsed - _lastCommitEnd >= IdleTick || member.Engine.NextExpiry <= member.Clock()))
        {
            Open();
        }

        if (!member.Step.IsOpen)
        {
            return worked;
        }

        member.Give(new FailoverInput.StepSealed(Seal()));
        return true;
    }

    public void CloseGate()
    {
        var open = member.Step.IsOpen ? Seal() : null;
        member.Post(new FailoverInput.GateClosed(open, member.Engine.Digest));
    }

    /// <summary>A first step out of what has been read, to be committed under the epoch start.</summary>
    public void ComputeFirst(FailoverEffect.ComputeFirst effect)
    {
        _start = effect.Start;
        var isStep = Compute();
        _start = null;
        var commit = new JournalCommit(effect.Start, []);
        if (isStep)
        {
            member.Engine.Tick(member.Step.Outputs);
            commit = member.Step.Seal(
                member.State.Member, effect.Start.Epoch, effect.Start.Sequence, member.State.Cursor.LastQ, null).Under(effect.Start);
        }

        member.Give(new FailoverInput.FirstComputed(effect.Attempt, commit));
    }

    private bool Compute()
    {
        var worked = false;
        for (var i = 0; i < MemberFeeds.InboundTopics && member.Feeds.Inbound is not null; i++)
        {
            var topic = _nextTopic++ % MemberFeeds.InboundTopics;
            while (member.Step.Records < StepRecords && member.Feeds.Inbound[topic].Waiting.TryDequeue(out var record))
            {
                Open();
                member.Step.Take(topic, record.Offset, member.Feeds.Inbound[topic].FollowsGap(record.Offset));
                member.Engine.Apply(topic, record.Offset, (long)record.Value, member.Step.Outputs);
                worked = true;
            }
        }

        return worked;
    }

    private void Open()
    {
        if (member.Step.IsOpen)
        {
            return;
        }

        var state = member.State;
        var last = state.Pending.IsEmpty ? state.Cursor.StreamTime : state.Pending[^1].Record.StreamTime;
        var time = Math.Max(member.Clock(), Math.Max(last, _start?.StreamTime ?? state.Cursor.StreamTime));
        member.Step.Begin(time);
        member.Engine.Begin(time);
    }

    private JournalCommit Seal()
    {
        member.Engine.Tick(member.Step.Outputs);
        ulong? digest = null;
        if (_lastDigest is not { } last || member.Elapsed - last >= TimeSpan.FromMicroseconds(member.DigestInterval))
        {
            digest = member.Engine.Digest;
            _lastDigest = member.Elapsed;
        }

        var state = member.State;
        return member.Step.Seal(state.Member, state.Cursor.Epoch, state.NextSequence, state.NextQ, digest);
    }
}
