namespace Lockstep.Failover.Simulation.Bus;

/// <summary>
/// Reads one topic as read_committed does, from an offset on. Waits at the brokers while there is nothing, so that idle readers
/// cost no events; a read that got lost is repeated.
/// </summary>
internal sealed class SimulatedReader
{
    private const int Records = 20;
    private const long AnswerLimit = 80 * Schedule.Millisecond;
    private readonly Process _owner;
    private readonly Link _link;
    private readonly SimulatedBrokers _brokers;
    private readonly PartitionLog _log;
    private readonly Action _wake;
    private readonly Action _advanced;
    private readonly bool _readsOn;
    private readonly HashSet<long> _afterGaps = [];
    private bool _meetsGap;
    private bool _asks;
    private bool _closed;

    public SimulatedReader(Process owner, Link link, SimulatedBrokers brokers, string topic, long from, bool readsOn, Action wake)
    {
        _readsOn = readsOn;
        (_owner, _link, _brokers, _log, Position, _wake) = (owner, link, brokers, brokers[topic], from, wake);
        _advanced = Kick;
        _log.Advanced += _advanced;
        Kick();
    }

    /// <summary>What was read and not taken.</summary>
    public Queue<(long Offset, object Value)> Waiting { get; } = new();

    /// <summary>The offset after the last one read, markers included.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// The first record that is left lies here, behind the position, and this reader does not read on. -1: it has met no gap.
    /// </summary>
    public long GoneUpTo { get; private set; } = -1;

    /// <summary>True: records before it were deleted before they could be read.</summary>
    public bool FollowsGap(long offset) => _afterGaps.Contains(offset);

    public void Close()
    {
        _closed = true;
        _log.Advanced -= _advanced;
    }

    private void Kick()
    {
        if (!_owner.IsAlive)
        {
            Close();
        }
        else if (!_asks && !_closed)
        {
            _asks = true;
            _owner.Schedule.Observe(ReadAsync());
        }
    }

    private async Task ReadAsync()
    {
        while (!_closed && _owner.IsAlive && (_log.LastStable > Position || _log.First > Position))
        {
            var answer = await _owner.AskAsync(_link, Fetch, AnswerLimit);
            if (answer is null || _closed)
            {
                continue;
            }

            if (answer.Gone && _readsOn)
            {
                Position = answer.Next;
                _meetsGap = true;
                _wake();
                continue;
            }

            if (answer.Gone)
            {
                GoneUpTo = answer.Next;
                _wake();
                break;
            }

            if (_meetsGap && answer.Records is [var after, ..])
            {
                _meetsGap = false;
                _afterGaps.Add(after.Offset);
            }

            foreach (var record in answer.Records)
            {
                Waiting.Enqueue(record);
            }

            Position = answer.Next;
            _wake();
        }

        _asks = false;
    }

    private Fetched Fetch()
    {
        if (!_brokers.IsUp)
        {
            return null!;
        }

        var from = Position;
        if (from < _log.First)
        {
            return new Fetched([], _log.First, true);
        }

        var records = new List<(long, object)>();
        var (offset, end) = (from, _log.LastStable);
        for (; offset < end && records.Count < Records; offset++)
        {
            if (_log.Read(offset) is { } value)
            {
                records.Add((offset, value));
            }
        }

        return new Fetched(records, offset, false);
    }

    private sealed record Fetched(List<(long Offset, object Value)> Records, long Next, bool Gone);
}
