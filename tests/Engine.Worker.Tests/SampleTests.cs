using System.Buffers;
using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>The sample's expected output is what its input gives, byte for byte, without Kafka between.</summary>
public sealed class SampleTests
{
    private const string Query = "ESP_CQ";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task The_sum_of_20_rows_gives_the_expected_output_whatever_the_blocks(int rowsABlock)
    {
        var read = ProjectXmlReader.Read(await TextOfAsync("project.xml"));
        var engine = ProjectEngine.Build(read.Project!).Engine!;
        var source = engine.Find(Query, "ESP_incoming_source_window");
        var output = new GoldenOutput(engine, engine.Find(Query, "ESP_outgoing_window"));
        var csv = new CsvEventReader(engine.SchemaOf(source), new CsvFormat(), autogenKey: true);
        var sequence = 0;
        foreach (var lines in (await TextOfAsync("input.csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Chunk(rowsABlock))
        {
            var block = new EventBlock(engine.SchemaOf(source));
            foreach (var line in lines)
            {
                Assert.Equal(CsvLineKind.Event, csv.Read(line, block).Kind);
            }

            engine.Begin(new StepTime(0, 1, ++sequence));
            engine.Publish(source, block, output);
        }

        Assert.Equal(await TextOfAsync("expected-output.csv"), output.Text);
    }

    private static Task<string> TextOfAsync(string file) =>
        File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "sum20", file), TestContext.Current.CancellationToken);

    /// <summary>Writes one window's events as an output adapter with header=full does.</summary>
    private sealed class GoldenOutput : IWindowOutput
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();
        private readonly WindowId _window;
        private readonly CsvEventWriter _csv;

        public GoldenOutput(ProjectEngine engine, WindowId window)
        {
            _window = window;
            _csv = new CsvEventWriter(engine.SchemaOf(window), new CsvFormat { Header = CsvHeader.Full });
            _csv.WriteHeader(_bytes);
        }

        public string Text => Encoding.UTF8.GetString(_bytes.WrittenSpan);

        public void OnBlock(WindowId window, EventBlock block)
        {
            if (window == _window)
            {
                _csv.Write(block, _bytes);
            }
        }

        public void OnBadEvent(WindowId window, string message) => Assert.Fail(message);
    }
}
