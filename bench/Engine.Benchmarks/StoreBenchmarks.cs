using BenchmarkDotNet.Attributes;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Benchmarks;

/// <summary>
/// Ten million rows that stay for an hour of stream time: events through them (each adds a row and lets one go), and their
/// snapshot. Time is per row; bytes a row and of the snapshot are printed at the end. The loop is a ring of the same values.
/// </summary>
[MemoryDiagnoser]
[WarmupCount(1)]
[IterationCount(5)]
[InvocationCount(1, 1)]
public class StoreBenchmarks : IDisposable
{
    private const int Rows = 512;
    private const int Blocks = 2_000;
    private const int Kept = 10_000_000;
    private const long BlockMicroseconds = 3_600_000_000L * Rows / Kept;

    private const string Windows = """
        <window-source name="s" insert-only="true" autogen-key="true" index="pi_EMPTY">
          <schema-string>id*:int64,x:double,n:int64</schema-string></window-source>
        <window-copy name="kept"><retention type="bytime_sliding">1 hour</retention></window-copy>
        """;

    private readonly NullOutput _output = new();
    private readonly MemoryStream _snapshot = new();
    private (ProjectEngine Engine, WindowId Source) _target;
    private EventBlock _block = new(new Schema([]));
    private (long Id, double X, long N, long At)[] _ring = [];
    private long _sequence;
    private long _bytesPerRow;
    private long _at;

    [GlobalSetup]
    public void Setup()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        _target = Graphs.Build(Windows, "s>kept");
        _block = new EventBlock(_target.Engine.SchemaOf(_target.Source), Rows);
        var random = new Random(1);
        for (var i = 0; i < Rows; i++)
        {
            _block.AppendObjects(Opcode.Insert, EventFlags.None, null, random.NextDouble(), random.NextInt64(1000));
        }

        Publish(Kept / Rows);
        _bytesPerRow = (GC.GetTotalMemory(forceFullCollection: true) - before) / Kept;
        _target.Engine.WriteSnapshot(_snapshot);
        _ring = new (long, double, long, long)[Kept];
    }

    public void Dispose()
    {
        _snapshot.Dispose();
        GC.SuppressFinalize(this);
    }

    [GlobalCleanup]
    public void Report() => Console.WriteLine($"// {_bytesPerRow} bytes a row in memory, {_snapshot.Length / Kept} in the snapshot");

    [Benchmark(OperationsPerInvoke = Rows * Blocks)]
    public long RetentionByTime()
    {
        Publish(Blocks);
        return _output.Events;
    }

    [Benchmark(OperationsPerInvoke = Kept)]
    public long SnapshotWrite()
    {
        _snapshot.Position = 0;
        _target.Engine.WriteSnapshot(_snapshot);
        return _snapshot.Length;
    }

    [Benchmark(OperationsPerInvoke = Kept)]
    public ulong SnapshotRestore()
    {
        _snapshot.Position = 0;
        var restored = Graphs.Build(Windows, "s>kept").Engine;
        restored.RestoreSnapshot(_snapshot);
        return restored.Digest();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rows * Blocks)]
    public double LoopRing()
    {
        var (xs, ns) = (_block.ColumnOf<double>(1), _block.ColumnOf<long>(2));
        var gone = 0.0;
        for (var b = 0; b < Blocks; b++)
        {
            for (var i = 0; i < Rows; i++)
            {
                ref var row = ref _ring[_at++ % Kept];
                gone += row.X;
                row = (_at, xs[i], ns[i], b);
            }
        }

        return gone;
    }

    private void Publish(int blocks)
    {
        for (var b = 0; b < blocks; b++)
        {
            _target.Engine.Begin(new StepTime(++_sequence * BlockMicroseconds, 1, _sequence));
            _target.Engine.Publish(_target.Source, _block, _output);
            _target.Engine.Tick(_output);
        }
    }
}
