using System.Buffers;
using System.Text;
using Lockstep.Connectors;
using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Worker.Running;

/// <summary>
/// Prints what a traced window emits (attribute <c>trace</c> of its query), a line an event:
/// <c>contquery/window: I,N, 1111,Jerry</c>. Lines gather until the engine has nothing to do.
/// </summary>
/// <param name="name">contquery/window.</param>
/// <param name="schema">Its schema.</param>
/// <param name="output">Takes the lines.</param>
internal sealed class WindowTrace(string name, Schema schema, TextWriter output) : ISubscriber
{
    private const int MostBytes = 64 * 1024;

    private readonly CsvEventWriter _csv = new(schema, new CsvFormat());
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly byte[] _start = Encoding.UTF8.GetBytes($"{name}: ");

    /// <inheritdoc/>
    public ConnectorStatus Status { get; } = new() { State = ConnectorState.Running };

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken stop) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Take(EventBlock block)
    {
        for (var row = 0; row < block.Count; row++)
        {
            _lines.Write(_start);
            _csv.Write(block, row, _lines);
        }

        if (_lines.WrittenCount >= MostBytes)
        {
            Flush();
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (_lines.WrittenCount > 0)
        {
            output.Write(Encoding.UTF8.GetString(_lines.WrittenSpan));
            output.Flush();
            _lines.ResetWrittenCount();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
