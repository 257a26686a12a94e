using Lockstep.Failover.Simulation.Bus;

namespace Lockstep.Failover.Simulation.Members;

/// <summary>The write side of one member, by the rules of the real one: one fence gives the right to write, each commit is one transaction.</summary>
internal sealed class MemberJournal(Process owner, Link link, SimulatedBrokers brokers, Action<FailoverInput> answer) : IJournal
{
    public const string TransactionalId = "g";
    private const long FenceLimit = 400 * Schedule.Millisecond;
    private const long CommitLimit = 400 * Schedule.Millisecond;
    private const int Repetitions = 3;
    private SimulatedProducer? _producer;

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
        DisposeProducer();
        var producer = _producer = new SimulatedProducer(owner, link, brokers, TransactionalId);
        var taken = await producer.TakeAsync(FenceLimit);
        if (taken == BrokerError.None)
        {
            answer(new FailoverInput.FenceDone(attempt));
            return;
        }

        producer.ThrowAway();
        _producer = _producer == producer ? null : _producer;
        answer(new FailoverInput.FenceFailed(attempt, $"the fence ended with {Name(taken)}"));
    }

    private async Task CommitAsync(int attempt, JournalCommit commit)
    {
        if (_producer is not { } producer)
        {
            answer(new FailoverInput.CommitEnded(attempt, commit.Record.Sequence, CommitOutcome.Unclear, "the id was not taken"));
            return;
        }

        var end = await SendAndEndAsync(producer, commit);
        for (var i = 0; brokers.Missing == Guard.UnclearCommit && end is null or BrokerError.InvalidState && i < Repetitions; i++)
        {
            if (await producer.EndAsync(commit: false, CommitLimit) != BrokerError.None)
            {
                await producer.RenewAsync(CommitLimit);
            }

            end = await SendAndEndAsync(producer, commit);
        }

        answer(new FailoverInput.CommitEnded(attempt, commit.Record.Sequence, OutcomeOf(end), Name(end)));
    }

    private static async Task<BrokerError?> SendAndEndAsync(SimulatedProducer producer, JournalCommit commit)
    {
        var error = await producer.SendAsync([.. PartsOf(commit.Outputs), (Topic, [commit.Record])], CommitLimit);
        return error == BrokerError.None ? await producer.EndAsync(commit: true, CommitLimit) : error;
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
}
