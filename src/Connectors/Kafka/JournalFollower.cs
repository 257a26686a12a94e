using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;

namespace Lockstep.Connectors.Kafka;

/// <summary>How far a record of the journal was applied.</summary>
internal enum FollowResult
{
    /// <summary>Wholly.</summary>
    Done,

    /// <summary>As far as inbound records are there; call again when there are more.</summary>
    Waiting,

    /// <summary>An inbound record that it names is not there (F4).</summary>
    Gap,
}

/// <summary>
/// Repeats on this member's engine what a record of the journal, or the stamp of a torn step, says that the active did. Not
/// bound to have all inbound records at hand: it goes on where it stopped.
/// </summary>
internal sealed class JournalFollower(StepBuilder step)
{
    private int _run;
    private bool _inRun;

    /// <summary>True while a record is applied in part.</summary>
    public bool IsMidway { get; private set; }

    /// <summary>What does not fit, after <see cref="FollowResult.Gap"/>.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Applies a step or tick, or goes on with it.</summary>
    /// <param name="record">The record; the same one until it is done.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="inbound">Where inbound records come from; null while their positions are unknown.</param>
    /// <param name="last">The last inbound record applied before.</param>
    /// <param name="keepOutputs">True: the outputs are wanted.</param>
    public FollowResult Apply(
        JournalRecord record, ProjectEngine engine, InboundFeed? inbound, MessageId last, bool keepOutputs)
    {
        if (!IsMidway)
        {
            var time = new StepTime(record.StreamTime, record.Epoch.Value, record.Sequence);
            step.Begin(time, keepOutputs, last);
            engine.Begin(time);
            (IsMidway, _run, _inRun) = (true, 0, false);
        }

        for (; _run < record.Runs.Length; _run++)
        {
            var result = ApplyRun(record.Runs[_run], engine, inbound);
            if (result != FollowResult.Done)
            {
                return result;
            }
        }

        engine.Tick(step);
        IsMidway = false;
        return FollowResult.Done;
    }

    /// <summary>Forgets what it was at; the engine is to be thrown away.</summary>
    public void Reset()
    {
        IsMidway = false;
        step.Close();
    }

    private FollowResult ApplyRun(InboundRun run, ProjectEngine engine, InboundFeed? inbound)
    {
        while (run.LastOffset >= run.FirstOffset)
        {
            if (_inRun && TakeSeveral(run, engine, inbound!) is { } last)
            {
                if (last == run.LastOffset)
                {
                    break;
                }

                continue;
            }

            // First: what was read before the purge was found is to be peeked at.
            var purgedTo = inbound?.PurgedTo(run.TopicIndex) ?? 0;
            if (inbound is null || !inbound.TryPeek(run.TopicIndex, out var record))
            {
                if (purgedTo <= (_inRun ? run.LastOffset : run.FirstOffset))
                {
                    return FollowResult.Waiting;
                }

                Reason = $"Inbound topic {inbound!.NameOf(run.TopicIndex)} begins at offset {purgedTo} now, but the journal names "
                    + $"{run.FirstOffset} to {run.LastOffset}: they were purged before this member could apply them. It needs a snapshot "
                    + "that reaches further; start a member that has one, and lengthen the topic's retention.";
                return FollowResult.Gap;
            }

            if (!_inRun && record.Offset < run.FirstOffset)
            {
                // The active never saw it (purged before it got there), so the group never applied it.
                inbound.Take(run.TopicIndex);
                continue;
            }

            if ((!_inRun && record.Offset != run.FirstOffset) || record.Offset > run.LastOffset)
            {
                Reason = $"Inbound topic {run.TopicIndex} holds {record.Offset} next, but the journal names {run.FirstOffset} to {run.LastOffset}.";
                return FollowResult.Gap;
            }

            if (_inRun && record.FollowsGap)
            {
                Reason = $"Inbound topic {run.TopicIndex} was purged before {record.Offset}, in the midst of {run.FirstOffset} to {run.LastOffset}.";
                return FollowResult.Gap;
            }

            inbound.Take(run.TopicIndex);
            _inRun = true;
            step.Take(record);
            if (record.Block is { } block)
            {
                engine.Publish(inbound.WindowOf(run.TopicIndex), block, step);
            }

            if (record.Offset == run.LastOffset)
            {
                break;
            }
        }

        _inRun = false;
        return FollowResult.Done;
    }

    /// <summary>Publishes the next records of a run at once where that makes no difference; gives the last one's offset.</summary>
    private long? TakeSeveral(InboundRun run, ProjectEngine engine, InboundFeed inbound)
    {
        if (!step.JoinsRecords || !inbound.TryPeekSeveral(run.TopicIndex, int.MaxValue, run.LastOffset, engine, out var records))
        {
            return null;
        }

        step.Publish(records, engine, inbound);
        return records.LastOffset;
    }
}
