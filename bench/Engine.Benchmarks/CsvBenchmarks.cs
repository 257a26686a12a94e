using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Benchmarks;

/// <summary>
/// Lines of seven fields (a key, text, three reals, a whole number, a time) to blocks of 512 events; time and bytes are per
/// line. The baseline finds line ends and delimiters of the same bytes and parses nothing.
/// </summary>
[MemoryDiagnoser]
public class CsvBenchmarks
{
    private const int Rows = 512;
    private const int Lines = Rows * 64;
    private readonly Schema _schema = new(
    [
        new Field("id", FieldType.Int64, IsKey: true), new Field("symbol", FieldType.String), new Field("price", FieldType.Double),
        new Field("bid", FieldType.Double), new Field("ask", FieldType.Double), new Field("quantity", FieldType.Int32),
        new Field("time", FieldType.Stamp),
    ]);

    private CsvEventReader? _reader;
    private EventBlock? _block;
    private byte[] _text = [];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        for (var i = 0; i < Lines; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"I,N,{1_000_000 + i},SYM{random.Next(1000):D3},{random.NextDouble() * 100:F2},")
                .Append(CultureInfo.InvariantCulture, $"{random.NextDouble() * 100:F4},{random.NextDouble() * 100:F4},{random.Next(10_000)},")
                .Append(CultureInfo.InvariantCulture, $"{1_700_000_000_000_000L + (i * 1000L)}\n");
        }

        _text = Encoding.UTF8.GetBytes(text.ToString());
        _reader = new CsvEventReader(_schema, new CsvFormat());
        _block = new EventBlock(_schema, Rows);
    }

    [Benchmark(OperationsPerInvoke = Lines)]
    public int CsvToBlocks()
    {
        var events = 0;
        _block!.Clear();
        for (ReadOnlySpan<byte> rest = _text; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            _reader!.Read(rest[..end], _block);
            rest = rest[(end + 1)..];
            if (_block.Count == Rows)
            {
                events += _block.Count;
                _block.Clear();
            }
        }

        return events == Lines ? events : throw new InvalidOperationException($"{events} of {Lines} lines became events.");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lines)]
    public int LoopDelimiters()
    {
        var delimiters = 0;
        foreach (var value in _text)
        {
            delimiters += value is (byte)',' or (byte)'\n' ? 1 : 0;
        }

        return delimiters;
    }
}
