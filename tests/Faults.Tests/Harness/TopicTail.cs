using System.Diagnostics;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>
/// Reads a topic from its beginning as any consumer would (read_committed), keeps every record and when it came. So a purge
/// of what was read takes nothing from the judgement, and a silence is what a user would see.
/// </summary>
internal sealed class TopicTail : IDisposable
{
    private readonly List<KafkaRecord> _records = [];
    private readonly List<long> _arrivals = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private volatile string? _defect;

    public TopicTail(KafkaBusOptions bus, string topic)
    {
        Topic = topic;
        _thread = new Thread(() => Run(bus)) { IsBackground = true, Name = $"tail {topic}" };
        _thread.Start();
    }

    public string Topic { get; }

    /// <summary>How many records have come.</summary>
    public int Count
    {
        get
        {
            lock (_records)
            {
                return _records.Count;
            }
        }
    }

    /// <summary>All records that have come; an error of the reader is thrown here.</summary>
    public IReadOnlyList<KafkaRecord> Records
    {
        get
        {
            if (_defect is { } defect)
            {
                throw new InvalidOperationException($"{Topic} can't be read: {defect}");
            }

            lock (_records)
            {
                return [.. _records];
            }
        }
    }

    /// <summary>The last record; null for none.</summary>
    public KafkaRecord? Last
    {
        get
        {
            lock (_records)
            {
                return _records.Count == 0 ? null : _records[^1];
            }
        }
    }

    /// <summary>The longest time between two records since an instant (<see cref="Stopwatch.GetTimestamp"/>), until now.</summary>
    public TimeSpan SilenceSince(long instant)
    {
        lock (_records)
        {
            var before = instant;
            var longest = 0L;
            foreach (var arrival in _arrivals.Where(a => a >= instant).Append(Stopwatch.GetTimestamp()))
            {
                longest = Math.Max(longest, arrival - before);
                before = arrival;
            }

            return Stopwatch.GetElapsedTime(0, longest);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run(KafkaBusOptions bus)
    {
        using var reader = new PartitionReader(
            bus, ReadIsolation.Committed, [new PartitionStart(Topic, PartitionStart.Earliest)], NullLogger.Instance);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (reader.Poll(TimeSpan.FromMilliseconds(50)) is { } record)
                {
                    lock (_records)
                    {
                        _records.Add(record);
                        _arrivals.Add(Stopwatch.GetTimestamp());
                    }
                }
            }
            catch (KafkaFaultException away) when (away is not OffsetGoneException && away.Fault.Kind == KafkaFaultKind.Retry)
            {
                // The brokers are away; that is often what the row is about.
            }
#pragma warning disable CA1031 // The edge of the thread: kept, and thrown to whoever asks for the records.
            catch (Exception defect)
#pragma warning restore CA1031
            {
                _defect = defect.Message;
                return;
            }
        }
    }
}
