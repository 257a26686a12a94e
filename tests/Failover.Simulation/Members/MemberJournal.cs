using Lockstep.Failover.Simulation.Bus;

namespace Lockstep.Failover.Simulation.Members;

/// <summary>The write side of one member, by the rules of the real one: what is open is ended, then the client's own init; one burst a commit.</summary>
internal sealed class MemberJournal(Process owner, Link link, SimulatedBrokers brokers, Action<FailoverInput> answer) : IJournal
{
    public const string TransactionalId = "g";
    private const long FenceLimit = 400 * Schedule.Millisecond;
    private const long CommitLimit = 400 * Schedule.Millisecond;
    private const int Repetitions = 3;
    private SimulatedProducer? _producer;
    private Taking? _taking;

    public static string OutboundTopic(int index) => $"o{index}.O";

    public const string Topic = "g.J";

    public void Fence(int attempt) => owner.Schedule.Observe(FenceAsync(attempt));

    public void Commit(int attempt, JournalCommit commit) => owner.Schedule.Observe(CommitAsync(attempt, commit));

    public void DisposeProducer()
    {
        _producer?.ThrowAway();
        _producer = null;
    }

    private async Task FenceAsync(int attempt)
    {
        var raw = await new SimulatedProducer(owner, link, brokers, TransactionalId).SettleAsync(FenceLimit);
        if (raw != BrokerError.None)
        {
            answer(new FailoverInput.FenceFailed(attempt, $"the fence ended with {Name(raw)}"));
            return;
        }

        var producer = _producer ??= new SimulatedProducer(owner, link, brokers, TransactionalId);
        var taking = new Taking();
        _taking = taking;
        if (brokers.Missing == Guard.LastFence)
        {
            answer(new FailoverInput.FenceDone(attempt));
        }

        var taken = await producer.InitAsync(FenceLimit);
        taking.End(taken == BrokerError.None);
        if (taken == BrokerError.None && brokers.Missing != Guard.LastFence)
        {
            answer(new FailoverInput.FenceDone(attempt));
        }
        else if (taken != BrokerError.None)
        {
            producer.ThrowAway();
            _producer = _producer == producer ? null : _producer;
            answer(new FailoverInput.FenceFailed(attempt, $"InitTransactions ended with {Name(taken)}"));
        }
    }

    private async Task CommitAsync(int attempt, JournalCommit commit)
    {
        // Where the id could not be taken nothing is sent, and the end is unclear.
        if (_producer is not { } producer || _taking is not { } taking || !await taking.EndedAsync())
        {
            answer(new FailoverInput.CommitEnded(attempt, commit.Record.Sequence, CommitOutcome.Unclear, "the id was not taken"));
            return;
        }

        var end = await SendAndEndAsync(producer, commit);
        for (var i = 0; brokers.Missing == Guard.UnclearCommit && end is null or BrokerError.InvalidState && i < Repetitions; i++)
        {
            await producer.EndAsync(commit: false, CommitLimit);
            end = await SendAndEndAsync(producer, commit);
        }

        answer(new FailoverInput.CommitEnded(attempt, commit.Record.Sequence, OutcomeOf(end), Name(end)));
    }

    private async Task<BrokerError?> SendAndEndAsync(SimulatedProducer producer, JournalCommit commit)
    {
        producer.Begin();
        var first = PartsOf(commit.Outputs);
        first.Add((Topic, [commit.Record]));
        if (brokers.Missing == Guard.OneBurst && first.Count > 1)
        {
            // The journal record goes ahead, the outputs follow when they are ready.
            var late = first[..^1];
            var sent = await producer.SendAsync(first[^1..], CommitLimit);
            if (sent != BrokerError.None)
            {
                return sent;
            }

            await owner.WaitAsync(owner.Schedule.Between(Schedule.Millisecond, 5 * Schedule.Millisecond));
            first = late;
        }

        var error = await producer.SendAsync(first, CommitLimit);
        error = error == BrokerError.None ? await producer.EndAsync(commit: true, CommitLimit) : error;

        // Rule 4.5: with a connection that broke, what was sent may still be on its way; only a new epoch keeps it out.
        return error == BrokerError.None && producer.IsDisturbed && brokers.Missing != Guard.UnclearCommit ? null : error;
    }

    private static List<(string Topic, IReadOnlyList<object> Values)> PartsOf(OutboundRecords outputs) =>
        [.. outputs.GroupBy(o => o.TopicIndex).Select(g => (OutboundTopic(g.Key), (IReadOnlyList<object>)[.. g.Cast<object>()]))];

    private static CommitOutcome OutcomeOf(BrokerError? end) => end switch
    {
        BrokerError.None => CommitOutcome.Done,
        BrokerError.Fenced => CommitOutcome.Fenced,
        _ => CommitOutcome.Unclear,
    };

    private static string Name(BrokerError? error) => error?.ToString() ?? "no answer in time";

    /// <summary>A producer getting ready. Waited for by at most one, so that all goes on in one thread.</summary>
    private sealed class Taking
    {
        private bool? _isDone;
        private TaskCompletionSource<bool>? _waiting;

        public void End(bool isDone)
        {
            _isDone = isDone;
            _waiting?.TrySetResult(isDone);
        }

        public Task<bool> EndedAsync()
        {
            if (_isDone is { } ended)
            {
                return Task.FromResult(ended);
            }

            _waiting = new TaskCompletionSource<bool>();
            return _waiting.Task;
        }
    }
}
