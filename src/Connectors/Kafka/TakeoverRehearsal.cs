using System.Collections.Immutable;
using System.Threading.Channels;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Lockstep.Kafka;
using Lockstep.Kafka.InMemory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// A takeover from the election to the first commit, played once by the very classes that do it, against brokers in this process and
/// with a state machine of its own. A member takes over once in its life, and most of what it runs then it runs for the first time:
/// compiling it just then took a third of the silence. Touches nothing of the group's.
/// </summary>
internal sealed class TakeoverRehearsal(EngineMemberOptions options, GroupTopics topics, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly long[] NoOffsets = [0];

    private readonly Channel<FailoverInput> _answers = Channel.CreateUnbounded<FailoverInput>();
    private FailoverState _state = new()
    {
        Member = options.Member,
        ModelDigest = options.ModelDigest,
        Cursor = JournalCursor.Start(topics.Inbound.Length, topics.Outbound.Length),
    };

    /// <summary>Plays it.</summary>
    /// <exception cref="KafkaFaultException">The brokers in this process don't do what they should.</exception>
    /// <exception cref="OperationCanceledException">It took too long, or the member ends.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        var brokers = MockBrokers.Start(brokers: 1);
        await using var brokersEnd = brokers.ConfigureAwait(false);
        var bus = new KafkaBusOptions { BootstrapServers = brokers.BootstrapServers, TransactionTimeout = options.Bus.TransactionTimeout };
        using var admin = new TopicAdmin(bus, NullLogger.Instance);
        foreach (var topic in topics.Written)
        {
            await admin.EnsureTopicAsync(new TopicSpec(topic), limit.Token).ConfigureAwait(false);
        }

        var clock = new TakeoverClock(time, NullLogger.Instance);
        var journal = new KafkaJournal(
            options with { Bus = bus }, topics, [], admin, input => _answers.Writer.TryWrite(input), clock, time, NullLoggerFactory.Instance);
        await using var journalEnd = journal.ConfigureAwait(false);
        var ends = new CommittedEnds(bus, [topics.Journal, .. topics.Outbound.Select(t => t.Name)], NullLogger.Instance);
        await using var endsEnd = ends.ConfigureAwait(false);
        await ends.WarmUpAsync(Limit, limit.Token).ConfigureAwait(false);
        await journal.WarmUpAsync(producer: true, limit.Token).ConfigureAwait(false);
        await PlayAsync(journal, ends, limit.Token).ConfigureAwait(false);
    }

    private async Task PlayAsync(KafkaJournal journal, CommittedEnds ends, CancellationToken cancellation)
    {
        Give(new FailoverInput.SessionChanged(SessionState.Connected));
        Give(new FailoverInput.CaughtUp());
        journal.Fence(One<FailoverEffect.Fence>(Give(new FailoverInput.ElectionChanged(ElectionStanding.First, 2))).Attempt);
        Give(await _answers.Reader.ReadAsync(cancellation).ConfigureAwait(false));

        // Twice: the second one finds something to read.
        for (var round = 0; round < 2; round++)
        {
            var positions = topics.Written.ToDictionary(t => t, _ => 0L, StringComparer.Ordinal);
            await ends.AskAsync(positions, Limit, cancellation).ConfigureAwait(false);
            var begun = Give(new FailoverInput.AppliedToEnd(
                _state.Attempt, 1, [.. topics.Inbound.SelectMany(_ => NoOffsets)], _state.Cursor.LastQ, null));
            var commit = begun.OfType<FailoverEffect.ComputeFirst>().SingleOrDefault() is { } first
                ? One<FailoverEffect.Commit>(Give(new FailoverInput.FirstComputed(first.Attempt, First(first.Start))))
                : One<FailoverEffect.Commit>(begun);
            journal.Commit(commit.Attempt, commit.Content);
            Give(await _answers.Reader.ReadAsync(cancellation).ConfigureAwait(false));
            Give(new FailoverInput.SwitchoverAsked(null));
            var last = One<FailoverEffect.Commit>(Give(new FailoverInput.GateClosed(null, 1)));
            Give(new FailoverInput.CommitEnded(last.Attempt, last.Content.Record.Sequence, CommitOutcome.Done, ""));
            Give(new FailoverInput.ElectionChanged(ElectionStanding.First, 2));
            Give(new FailoverInput.FenceDone(_state.Attempt));
        }
    }

    private ImmutableArray<FailoverEffect> Give(FailoverInput input)
    {
        (_state, var effects) = FailoverStateMachine.Next(_state, TimeSpan.Zero, input);
        return effects;
    }

    /// <summary>The effect that comes next, unless the brokers answered otherwise than they should, or too late.</summary>
    /// <exception cref="KafkaFaultException">It did not come.</exception>
    private TEffect One<TEffect>(ImmutableArray<FailoverEffect> effects)
        where TEffect : FailoverEffect => effects.OfType<TEffect>().SingleOrDefault() ?? throw new KafkaFaultException(
        "brokers of the rehearsal",
        new KafkaFault(KafkaFaultKind.Retry, "Rehearsal", $"{typeof(TEffect).Name} did not follow: {_state.Reason}"));

    /// <summary>A first step with one output on each outbound topic.</summary>
    private JournalCommit First(JournalRecord start)
    {
        ImmutableArray<InboundRun> runs = [new InboundRun(0, 0, 0)];
        var outputs = topics.Outbound.Select(t => new OutboundRecord(t.Index, new byte[] { 1 }, new OutboundStamp
        {
            Group = topics.Group,
            Member = start.Member,
            Epoch = start.Epoch,
            Sequence = start.Sequence,
            StreamTime = start.StreamTime,
            Runs = runs,
            MessageId = new MessageId(0, 0),
            Q = _state.Cursor.LastQ[t.Index] + 1,
            IsLast = true,
        }));
        return new JournalCommit(start with { Runs = runs, Outputs = [.. _state.Cursor.LastQ.Select((q, i) => new OutboundPosition(i, q + 1))] },
            [.. outputs]).Under(start);
    }
}
