using System.Globalization;
using BenchmarkDotNet.Attributes;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Benchmarks;

/// <summary>
/// A stream joined with a table of 100,000 rows by a text key, in blocks of 512; time and bytes are per event of the stream. The
/// baseline is a loop over the same columns with a dictionary of the platform that does nothing else.
/// </summary>
[MemoryDiagnoser]
public class JoinBenchmarks
{
    private const int TableRows = 100_000;
    private const int Rows = 512;
    private const int Blocks = 256;

    private const string Windows = """
        <window-source name="s" insert-only="true" autogen-key="true" index="pi_EMPTY">
          <schema-string>id*:int64,k:string,x:double</schema-string></window-source>
        <window-source name="t"><schema-string>k*:string,name:string,weight:double</schema-string></window-source>
        <window-join name="j"><join type="inner" left-index="pi_EMPTY"><conditions><fields left="k" right="k"/></conditions></join>
          <output><field-selection name="k" source="l_k"/><field-selection name="x" source="l_x"/>
            <field-selection name="name" source="r_name"/><field-selection name="weight" source="r_weight"/></output></window-join>
        """;

    private readonly NullOutput _output = new();
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly string[] _names = new string[TableRows];
    private readonly double[] _weights = new double[TableRows];
    private readonly (string Key, double X, string Name, double Weight)[] _results = new (string, double, string, double)[Rows];
    private (ProjectEngine Engine, WindowId Source) _join;
    private EventBlock[] _blocks = [];
    private long _sequence;

    [GlobalSetup]
    public void Setup()
    {
        _join = Graphs.Build(Windows, "s>j:left t>j:right");
        var engine = _join.Engine;
        var table = engine.Find("cq", "t");
        var rows = new EventBlock(engine.SchemaOf(table), TableRows);
        for (var i = 0; i < TableRows; i++)
        {
            (_names[i], _weights[i]) = (string.Create(CultureInfo.InvariantCulture, $"name of {i}"), i);
            _places[Key(i)] = i;
            rows.AppendObjects(Opcode.Insert, EventFlags.None, Key(i), _names[i], _weights[i]);
        }

        engine.Begin(new StepTime(++_sequence, 1, _sequence));
        engine.Publish(table, rows, _output);
        var random = new Random(1);
        _blocks = [.. Enumerable.Range(0, Blocks).Select(_ =>
        {
            var block = new EventBlock(engine.SchemaOf(_join.Source), Rows);
            for (var i = 0; i < Rows; i++)
            {
                block.AppendObjects(Opcode.Insert, EventFlags.None, null, Key(random.Next(TableRows)), random.NextDouble());
            }

            return block;
        })];
        StreamJoinedWithTable();
    }

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public long StreamJoinedWithTable()
    {
        foreach (var block in _blocks)
        {
            _join.Engine.Begin(new StepTime(++_sequence, 1, _sequence));
            _join.Engine.Publish(_join.Source, block, _output);
            _join.Engine.Tick(_output);
        }

        return _output.Events;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rows * Blocks)]
    public double LoopWithDictionary()
    {
        foreach (var block in _blocks)
        {
            var keys = block.ColumnOf<string>(1).Values;
            var values = block.ColumnOf<double>(2).Values;
            for (var i = 0; i < keys.Length; i++)
            {
                if (_places.TryGetValue(keys[i], out var place))
                {
                    _results[i] = (keys[i], values[i], _names[place], _weights[place]);
                }
            }
        }

        return _results[0].Weight;
    }

    private static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"key-{number:D6}");
}
