using BenchmarkDotNet.Attributes;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Benchmarks;

/// <summary>
/// Low followed by high of the same key within ten seconds: 1,000 keys, a tenth of the events low, a tenth high, in blocks of 512;
/// 100,000 events are a second of stream time. Time and bytes are per event. The baseline is a loop that does the same by hand: a
/// list of open events by key, and one queue for what is too old.
/// </summary>
[MemoryDiagnoser]
public class PatternBenchmarks
{
    private const int Rows = 512;
    private const int Blocks = 512;
    private const int Keys = 1000;
    private const long MicrosecondsPerEvent = 10;
    private const long Limit = 10_000_000;

    private readonly NullOutput _output = new();
    private readonly Dictionary<string, Queue<(long Id, long At)>> _open = [];
    private readonly Queue<(string Key, long Id, long At)> _oldest = [];
    private EventBlock[] _blocks = [];
    private (ProjectEngine Engine, WindowId Source) _indexed;
    private (ProjectEngine Engine, WindowId Source) _unified;
    private long _sequence;
    private long _now;
    private long _matches;

    [GlobalSetup]
    public void Setup()
    {
        _indexed = Build("index='k'", "");
        _unified = Build("", "who == k and ");
        var random = new Random(1);
        _blocks = [.. Enumerable.Range(0, Blocks).Select(b =>
        {
            var block = new EventBlock(_indexed.Engine.SchemaOf(_indexed.Source), Rows);
            for (var i = 0; i < Rows; i++)
            {
                block.AppendObjects(Opcode.Insert, EventFlags.None, (long)((b * Rows) + i), $"key-{random.Next(Keys):D4}", random.NextDouble());
            }

            return block;
        })];
    }

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public long FollowedByWithIndex() => Run(_indexed);

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public long FollowedByWithName() => Run(_unified);

    [Benchmark(Baseline = true, OperationsPerInvoke = Rows * Blocks)]
    public long LoopFollowedBy()
    {
        foreach (var block in _blocks)
        {
            _now += Rows * MicrosecondsPerEvent;
            while (_oldest.TryPeek(out var oldest) && oldest.At < _now - Limit)
            {
                _oldest.Dequeue();
                if (_open.TryGetValue(oldest.Key, out var queue) && queue.TryPeek(out var first) && first.Id == oldest.Id)
                {
                    queue.Dequeue();
                }
            }

            var ids = block.ColumnOf<long>(0).Values;
            var keys = block.ColumnOf<string>(1).Values;
            var values = block.ColumnOf<double>(2).Values;
            for (var i = 0; i < ids.Length; i++)
            {
                if (!_open.TryGetValue(keys[i], out var queue))
                {
                    _open[keys[i]] = queue = new Queue<(long, long)>();
                }

                if (values[i] > 0.9)
                {
                    _matches += queue.Count;
                    queue.Clear();
                }
                else if (values[i] < 0.1)
                {
                    queue.Enqueue((ids[i], _now));
                    _oldest.Enqueue((keys[i], ids[i], _now));
                }
            }
        }

        return _matches;
    }

    private static (ProjectEngine Engine, WindowId Source) Build(string attributes, string also)
    {
        var windows = $"""
            <window-source name="s" insert-only="true" index="pi_EMPTY"><schema-string>id*:int64,k:string,x:double</schema-string></window-source>
            <window-pattern name="p"><schema-string>key*:int64,k:string,low:int64,high:int64</schema-string><patterns><pattern {attributes}>
              <events><event name="low" source="s">{also}x &lt; 0.1</event><event name="high" source="s">{also}x &gt; 0.9</event></events>
              <logic>fby{"{10 seconds}"}(low, high)</logic>
              <output><field-selection node="low" name="k"/><field-selection node="low" name="id"/><field-selection node="high" name="id"/></output>
            </pattern></patterns></window-pattern>
            """;
        return Graphs.Build(windows, "s>p");
    }

    private long Run((ProjectEngine Engine, WindowId Source) target)
    {
        foreach (var block in _blocks)
        {
            _now += Rows * MicrosecondsPerEvent;
            target.Engine.Begin(new StepTime(_now, 1, ++_sequence));
            target.Engine.Publish(target.Source, block, _output);
            target.Engine.Tick(_output);
        }

        return _output.Events;
    }
}
