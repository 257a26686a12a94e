using BenchmarkDotNet.Attributes;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Benchmarks;

/// <summary>
/// Events through whole graphs, in blocks of 512 numeric rows; time and bytes are per event. The baselines are plain loops over
/// arrays that compute the same numbers and do nothing else.
/// </summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private const int Rows = 512;
    private const int Blocks = 64;

    private const string SourceXml = """
        <window-source name="s" insert-only="true" autogen-key="true" index="pi_EMPTY">
          <schema-string>id*:int64,user:double,idl:double</schema-string></window-source>
        """;

    private const string SummaryXml = """
        <window-calculate name="sum20" algorithm="Summary"><schema-string>id*:int64,user:double,idl:double,sum20:int64</schema-string>
          <parameters><properties><property name="windowLength">20</property></properties></parameters>
          <input-map><properties><property name="input">idl</property></properties></input-map>
          <output-map><properties><property name="sumOut">sum20</property></properties></output-map></window-calculate>
        <window-functional name="f"><schema-string>id*:int64,user:double,idl:double,sum20:int64,n:int64</schema-string>
          <function-context><functions><function name="n">eventCounter()</function></functions></function-context></window-functional>
        """;

    private const string ComputeXml = """
        <window-filter name="filter"><expression>idl &gt; 100 and user &lt; 0.9</expression></window-filter>
        <window-compute name="c1"><schema-string>id*:int64,user:double,v:double</schema-string>
          <output><field-expr>user</field-expr><field-expr>idl * 2 + user / 3</field-expr></output></window-compute>
        <window-compute name="c2"><schema-string>id*:int64,v:double,n:int64</schema-string>
          <output><field-expr>v - user</field-expr><field-expr>v % 7</field-expr></output></window-compute>
        """;

    private const string RetainedXml = """
        <window-copy name="save"><retention type="bycount_sliding">10000</retention></window-copy>
        """;

    // A hundred events a key in the window, 1,000 keys; each event is an insert and a delete for the aggregate.
    private const string KeyedXml = """
        <window-source name="s" insert-only="true" autogen-key="true" index="pi_EMPTY">
          <schema-string>id*:int64,k:string,x:double</schema-string></window-source>
        <window-copy name="save"><retention type="bycount_sliding">100000</retention></window-copy>
        """;

    private const string AggregateXml = """
        <window-aggregate name="a"><schema-string>k*:string,n:int64,sum:double,ave:double,min:double,max:double</schema-string>
          <output><field-expr>ESP_aCount()</field-expr><field-expr>ESP_aSum(x)</field-expr><field-expr>ESP_aAve(x)</field-expr>
            <field-expr>ESP_aMin(x)</field-expr><field-expr>ESP_aMax(x)</field-expr></output></window-aggregate>
        """;

    private readonly NullOutput _output = new();
    private readonly double[] _ring = new double[20];
    private readonly double[] _results = new double[Rows];
    private readonly long[] _sums = new long[Rows];
    private (ProjectEngine Engine, WindowId Source) _summary;
    private (ProjectEngine Engine, WindowId Source) _compute;
    private (ProjectEngine Engine, WindowId Source) _retained;
    private (ProjectEngine Engine, WindowId Source) _keyed;
    private (ProjectEngine Engine, WindowId Source) _aggregate;
    private readonly AggregateLoop _aggregateLoop = new(100_000, 1_000);
    private EventBlock[] _keyedBlocks = [];
    private EventBlock _block = new(new Schema([]));
    private double _sum;
    private int _at;
    private long _sequence;

    [GlobalSetup]
    public void Setup()
    {
        _summary = Graphs.Build(SourceXml + SummaryXml, "s>sum20 sum20>f");
        _compute = Graphs.Build(SourceXml + ComputeXml, "s>filter filter>c1 c1>c2");
        _retained = Graphs.Build(SourceXml + RetainedXml + SummaryXml, "s>save save>sum20 sum20>f");
        _block = new EventBlock(_summary.Engine.SchemaOf(_summary.Source), Rows);
        var random = new Random(1);
        for (var i = 0; i < Rows; i++)
        {
            _block.AppendObjects(Opcode.Insert, EventFlags.None, null, random.NextDouble(), (double)random.Next(1000));
        }

        _keyed = Graphs.Build(KeyedXml, "s>save");
        _aggregate = Graphs.Build(KeyedXml + AggregateXml, "s>save save>a");
        _keyedBlocks = [.. Enumerable.Range(0, Blocks).Select(b =>
        {
            var block = new EventBlock(_keyed.Engine.SchemaOf(_keyed.Source), Rows);
            for (var i = 0; i < Rows; i++)
            {
                block.AppendObjects(Opcode.Insert, EventFlags.None, null, $"key-{((b * Rows) + i) % 1000:D4}", random.NextDouble());
            }

            return block;
        })];
        RunKeyed(_keyed);
        RunKeyed(_aggregate);
    }

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public long SourceSummaryFunctional() => Run(_summary);

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public long SourceFilterTwoComputes() => Run(_compute);

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public long SourceRetainedSummaryFunctional() => Run(_retained);

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public long SourceRetainedByKey() => RunKeyed(_keyed);

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public long SourceRetainedByKeyAggregate() => RunKeyed(_aggregate);

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public ulong Digest()
    {
        var hash = 0UL;
        for (var i = 0; i < Rows * Blocks; i++)
        {
            hash ^= _retained.Engine.Digest();
        }

        return hash;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rows * Blocks)]
    public double LoopSummary()
    {
        var values = _block.ColumnOf<double>(2);
        for (var b = 0; b < Blocks; b++)
        {
            var span = values.Values;
            for (var i = 0; i < span.Length; i++)
            {
                _sum += span[i] - _ring[_at];
                _ring[_at] = span[i];
                _at = _at == 19 ? 0 : _at + 1;
                _sums[i] = (long)_sum;
            }
        }

        return _sum;
    }

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public double LoopFilterTwoComputes()
    {
        for (var b = 0; b < Blocks; b++)
        {
            var users = _block.ColumnOf<double>(1).Values;
            var ids = _block.ColumnOf<double>(2).Values;
            for (var i = 0; i < ids.Length; i++)
            {
                if (ids[i] > 100 && users[i] < 0.9)
                {
                    var v = (ids[i] * 2) + (users[i] / 3);
                    _results[i] = v - users[i];
                    _sums[i] = (long)(v % 7);
                }
            }
        }

        return _results[0];
    }

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public double LoopAggregate() => _aggregateLoop.Run(_keyedBlocks);

    private long RunKeyed((ProjectEngine Engine, WindowId Source) target)
    {
        foreach (var block in _keyedBlocks)
        {
            target.Engine.Begin(new StepTime(++_sequence, 1, _sequence));
            target.Engine.Publish(target.Source, block, _output);
            target.Engine.Tick(_output);
        }

        return _output.Events;
    }

    private long Run((ProjectEngine Engine, WindowId Source) target)
    {
        for (var i = 0; i < Blocks; i++)
        {
            target.Engine.Begin(new StepTime(++_sequence, 1, _sequence));
            target.Engine.Publish(target.Source, _block, _output);
            target.Engine.Tick(_output);
        }

        return _output.Events;
    }
}
