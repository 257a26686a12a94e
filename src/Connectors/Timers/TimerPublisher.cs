using System.Globalization;
using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Timers;

/// <summary>
/// Connector class timer: an insert at the base time and at each interval from it, counted from the start of the connector
/// when the base time is past. The key counts from 0 unless the window makes it; the first field of a time is when the
/// event was due, the first other text is the label, and further fields are null.
/// </summary>
internal sealed class TimerPublisher : IConnector
{
    /// <summary>Longest single wait: longer ones are made of several.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly ConnectorContext _context;
    private readonly TimerPublisherOptions _options;
    private readonly StatusHolder _status;

    public TimerPublisher(ConnectorContext context)
    {
        _context = context;
        _options = TimerPublisherOptions.Parse(
            new PropertyReader(context.Definition.Properties, context.Path, context.Definition.Position, []), context.Definition.Name);
        _status = new StatusHolder(context, context.Loggers.CreateLogger<TimerPublisher>());
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public bool IsEndless => _options.IsEndless;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        _status.Running();
        var first = _options.FirstFrom(_context.Time.GetUtcNow());
        try
        {
            for (long made = 0; _options.MaxEvents == 0 || made < _options.MaxEvents; made++)
            {
                var due = _options.DueAt(first + made);
                await WaitAsync(due, stop).ConfigureAwait(false);
                Publish(made, due, stop);
                _status.Change(s => s with { EventsIn = made + 1, EventsOut = made + 1 });
            }

            _status.Change(s => s with { State = ConnectorState.Finished });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (ArgumentOutOfRangeException)
        {
            _status.Failed("The next event would be due after the year 9999.");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task WaitAsync(DateTimeOffset due, CancellationToken stop)
    {
        while (due - _context.Time.GetUtcNow() is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < LongestWait ? left : LongestWait, _context.Time, stop).ConfigureAwait(false);
        }

        stop.ThrowIfCancellationRequested();
    }

    private void Publish(long number, DateTimeOffset due, CancellationToken stop)
    {
        var block = _context.Feed.Rent(_context.WindowId, _context.Schema);
        var (hasTime, hasLabel) = (false, false);
        for (var i = 0; i < _context.Schema.Fields.Length; i++)
        {
            var (field, column) = (_context.Schema.Fields[i], block.Columns[i]);
            if (field.IsKey && !_context.AutogenKey && field.Type is FieldType.Int64 or FieldType.Int32)
            {
                ((Column<long>)column).Append(number);
            }
            else if (field.IsKey && !_context.AutogenKey && field.Type == FieldType.String)
            {
                ((Column<string>)column).Append(number.ToString(CultureInfo.InvariantCulture));
            }
            else if (!hasTime && field.Type is FieldType.Stamp or FieldType.Date)
            {
                hasTime = true;
                var unit = field.Type == FieldType.Stamp ? TimeSpan.TicksPerMicrosecond : TimeSpan.TicksPerSecond;
                ((Column<long>)column).Append((due - DateTimeOffset.UnixEpoch).Ticks / unit);
            }
            else if (!hasLabel && !field.IsKey && field.Type == FieldType.String)
            {
                hasLabel = true;
                ((Column<string>)column).Append(_options.Label);
            }
            else
            {
                column.AppendNull();
            }
        }

        block.Append(Opcode.Insert, EventFlags.None);
        _context.Feed.Publish(_context.WindowId, block, stop);
    }
}
