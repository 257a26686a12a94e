using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// The write side of a group's journal and outbound topics: one transaction a commit, outputs first, the journal record last,
/// all in one burst. On brokers that can't fence, outputs are delivered before the journal record is sent, so that a journal
/// record implies its outputs there too.
/// </summary>
internal sealed class KafkaJournal : IJournal, IAsyncDisposable
{
    private static readonly TimeSpan FirstNudge = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan SecondNudge = TimeSpan.FromMilliseconds(4);

    private readonly GroupTopics _topics;
    private readonly FencedProducer _producer;
    private readonly Action<FailoverInput> _answer;
    private readonly WrittenDeadLetters _deadLetters;
    private readonly TakeoverClock _takeover;
    private readonly TimeSpan _commitTimeout;
    private readonly IReadOnlyList<OutboundRow> _metadata;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private int _nudging;

    /// <summary>An epoch has begun and the metadata records are not committed yet. Touched on the producer's thread only.</summary>
    private bool _owesMetadata;

    /// <param name="options">The member's options.</param>
    /// <param name="topics">Where to write.</param>
    /// <param name="metadata">
    /// Records for the metadata topic, written with the second commit of each epoch: nobody is to wait for them at a takeover.
    /// </param>
    /// <param name="admin">Asked for the ends of dead letter topics.</param>
    /// <param name="answer">Takes the answers, from any thread.</param>
    /// <param name="takeover">Told when the predecessor is fenced and when the producer is ready.</param>
    /// <param name="time">For waits.</param>
    /// <param name="loggers">Log lines.</param>
    public KafkaJournal(
        EngineMemberOptions options, GroupTopics topics, IReadOnlyList<OutboundRow> metadata, TopicAdmin admin,
        Action<FailoverInput> answer, TakeoverClock takeover, TimeProvider time, ILoggerFactory loggers)
    {
        _topics = topics;
        _metadata = metadata;
        _deadLetters = new WrittenDeadLetters(options, topics, admin, time, loggers.CreateLogger<WrittenDeadLetters>());
        _answer = answer;
        _takeover = takeover;
        _time = time;
        _commitTimeout = options.Limits.CommitTimeout;
        _producer = new FencedProducer(options.Bus, topics.TransactionalId, time, loggers);
    }

    /// <summary>True on brokers that can't fence.</summary>
    public bool IsUnfenced { get; set; }

    /// <summary>True: the coordinator is nudged after each commit, which spares the next one a wait on several brokers.</summary>
    public bool Nudges { get; set; }

    /// <summary>
    /// Called on the commit thread before anything of a transaction is sent, on brokers that can't fence so twice a commit: tests
    /// hold it there.
    /// </summary>
    public Action<JournalCommit>? BeforeSend { get; set; }

    /// <summary>Connects producer and fence.</summary>
    /// <param name="producer">False: the fence alone, whose connection a broker may have closed.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<bool> WarmUpAsync(bool producer, CancellationToken cancellation) =>
        _producer.WarmUpAsync(producer ? _topics.Written : [], cancellation);

    public void Fence(int attempt) => _ = FenceAsync(attempt);

    public void Commit(int attempt, JournalCommit commit)
    {
        void Ended(TransactionResult result)
        {
            if (result.IsDone)
            {
                _owesMetadata = commit.Record.Kind == JournalRecordKind.EpochStart;
            }

            _answer(new FailoverInput.CommitEnded(
                attempt, commit.Record.Sequence, OutcomeOf(result.Outcome), $"{result.Code} {result.Reason}"));
            if (Nudges && result.IsDone && Interlocked.Exchange(ref _nudging, 1) == 0)
            {
                _ = NudgeAsync();
            }
        }

        if (!IsUnfenced)
        {
            _producer.Transact(producer => SendAll(producer, attempt, commit, outputs: true, journal: true), _commitTimeout, Ended);
            return;
        }

        _producer.Transact(producer => SendAll(producer, attempt, commit, outputs: true, journal: false), _commitTimeout, sent =>
        {
            if (sent.IsDone)
            {
                _producer.Transact(producer => SendAll(producer, attempt, commit, outputs: false, journal: true), _commitTimeout, Ended);
            }
            else
            {
                Ended(sent);
            }
        });
    }

    public void DisposeProducer() => _producer.Drop();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _producer.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>2 and 6 ms after a commit; one at a time, seen to its end here.</summary>
    private async Task NudgeAsync()
    {
        try
        {
            await Task.Delay(FirstNudge, _time, _stop.Token).ConfigureAwait(false);
            await _producer.NudgeAsync(_stop.Token).ConfigureAwait(false);
            await Task.Delay(SecondNudge, _time, _stop.Token).ConfigureAwait(false);
            await _producer.NudgeAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // The member ends.
        }
        finally
        {
            Volatile.Write(ref _nudging, 0);
        }
    }

    /// <summary>
    /// The ends are asked only when the id is taken for good. Where librdkafka writes, its InitTransactions fences once more: before
    /// that another member may still fence and write, and what it commits would not be seen.
    /// </summary>
    private async Task FenceAsync(int attempt)
    {
        try
        {
            var taken = await _producer.TakeAsync(_takeover.Fenced, _stop.Token).ConfigureAwait(false);
            if (taken.IsDone)
            {
                _takeover.ProducerReady();
            }

            _answer(taken.IsDone
                ? new FailoverInput.FenceDone(attempt)
                : new FailoverInput.FenceFailed(attempt, $"{taken.Code} {taken.Reason}"));
        }
        catch (OperationCanceledException)
        {
            // The member ends; nobody waits for the answer.
        }
        catch (KafkaFaultException refused)
        {
            _answer(new FailoverInput.FenceFailed(attempt, refused.Message));
        }
    }

    private void SendAll(TransactionalProducer producer, int attempt, JournalCommit commit, bool outputs, bool journal)
    {
        BeforeSend?.Invoke(commit);
        if (outputs)
        {
            // First: it is looked up on the brokers, and what was sent would wait.
            var letters = commit.DeadLetters.RemoveAll(l => _deadLetters.Contains(attempt, l));
            if (_owesMetadata)
            {
                foreach (var row in _metadata)
                {
                    producer.Send(_topics.Metadata, row.Value, row.Key);
                }
            }

            OutboundStampWriter? stamps = null;
            OutboundStamp? step = null;
            foreach (ref readonly var output in commit.Outputs.Span)
            {
                if (stamps is null || !ReferenceEquals(step, output.StepStamp))
                {
                    step = output.StepStamp;
                    stamps = new OutboundStampWriter(step);
                }

                producer.Send(
                    _topics.Outbound[output.TopicIndex].Name, output.Value.Span, OutboundStamp.HeaderName,
                    stamps.Write(output.Q, output.MessageId, output.IsLast));
            }

            foreach (var letter in letters)
            {
                DeadLetterRecord.Send(producer, _topics, commit.Record, letter);
            }
        }

        if (journal)
        {
            producer.Send(_topics.Journal, RecordBytes.Encode(commit.Record));
        }
    }

    private static CommitOutcome OutcomeOf(TransactionOutcome outcome) => outcome switch
    {
        TransactionOutcome.Done => CommitOutcome.Done,
        TransactionOutcome.Fenced => CommitOutcome.Fenced,
        TransactionOutcome.Fatal => CommitOutcome.Refused,
        _ => CommitOutcome.Unclear,
    };
}

/// <summary>A key and a value for a compacted topic.</summary>
internal sealed record OutboundRow(byte[] Key, byte[] Value);
