using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>
/// Judges records of one outbound topic, read committed and in order of offset, around the switch to an epoch: q must be
/// dense, no q may come again, message ids of one inbound topic must not go back, and no older epoch may follow a newer one
/// (F1, F2). Used by one thread.
/// </summary>
/// <param name="topic">The topic.</param>
/// <param name="epoch">Epoch of the new active.</param>
internal sealed class TopicJudge(string topic, long epoch)
{
    private readonly Dictionary<int, long> _lastIds = [];
    private OutputPointResource? _first;
    private OutputPointResource? _last;
    private OutputPointResource? _lastBefore;
    private OutputPointResource? _firstAfter;
    private long _highestQ;
    private long _highestEpoch;
    private long _records;
    private long _foreign;
    private long _lost;
    private long _duplicated;
    private long _outOfOrder;

    /// <summary>Records of the new epoch or later so far.</summary>
    public long After { get; private set; }

    /// <summary>True: a record of an earlier epoch was among them.</summary>
    public bool HasBefore => _lastBefore is not null;

    /// <summary>Takes the next record.</summary>
    /// <param name="offset">Its offset.</param>
    /// <param name="at">Its timestamp.</param>
    /// <param name="stamp">Its stamp; null for a record of a foreign writer.</param>
    public void Take(long offset, DateTimeOffset at, OutboundStamp? stamp)
    {
        if (stamp is null)
        {
            _foreign++;
            return;
        }

        var point = new OutputPointResource(offset, stamp.Q, stamp.MessageId.ToString(), stamp.Member, stamp.Epoch.Value, at);
        _records++;
        if (_first is null)
        {
            _first = point;
        }
        else if (stamp.Q <= _highestQ)
        {
            _duplicated++;
        }
        else
        {
            _lost += stamp.Q - _highestQ - 1;
        }

        var id = stamp.MessageId;
        if (id.Offset < _lastIds.GetValueOrDefault(id.TopicIndex, -1) || stamp.Epoch.Value < _highestEpoch)
        {
            _outOfOrder++;
        }

        _lastIds[id.TopicIndex] = Math.Max(id.Offset, _lastIds.GetValueOrDefault(id.TopicIndex, -1));
        _highestQ = Math.Max(_highestQ, stamp.Q);
        _highestEpoch = Math.Max(_highestEpoch, stamp.Epoch.Value);
        _last = point;
        if (stamp.Epoch.Value < epoch)
        {
            _lastBefore = point;
        }
        else
        {
            _firstAfter ??= point;
            After++;
        }
    }

    /// <summary>What was found.</summary>
    public TopicVerdictResource Result()
    {
        var range = _first is null || _last is null
            ? null
            : new CheckedRange(_first.Offset, _last.Offset, _first.Q, _last.Q, _records);
        var isBroken = _lost + _duplicated + _outOfOrder + _foreign > 0;
        var (verdict, note) = isBroken ? ("broken", _foreign > 0 ? $"{_foreign} records of a foreign writer, without stamp." : null)
            : range is null ? ("quiet", "The topic holds no record yet.")
            : _firstAfter is null ? ("quiet", "The new active has written nothing yet.")
            : _lastBefore is null ? ("unknown", "No record of an earlier epoch is in the range that was read.")
            : ("clean", (string?)null);
        double? silence = _lastBefore is not null && _firstAfter is not null
            ? Math.Max(0, (_firstAfter.At - _lastBefore.At).TotalMilliseconds)
            : null;
        return new TopicVerdictResource(
            topic, _lastBefore, _firstAfter, range, _lost, _duplicated, _outOfOrder, silence, verdict, note);
    }
}
