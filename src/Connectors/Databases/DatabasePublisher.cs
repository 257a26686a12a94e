using System.Data.Common;
using System.Globalization;
using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Databases;

/// <summary>
/// Connector class db, type pub: each row of a query becomes an event, and the last row ends the publisher. Columns go to
/// fields by name when each has a field of its name and no key is left out, else by position.
/// </summary>
internal sealed class DatabasePublisher : IConnector
{
    private readonly ConnectorContext _context;
    private readonly DatabaseOptions _options;
    private readonly ILogger _logger;
    private readonly StatusHolder _status;
    private readonly NamedEventReader _events;
    private long _published;

    public DatabasePublisher(ConnectorContext context)
    {
        _context = context;
        _options = DatabaseOptions.Of(context, isPublisher: true);
        _logger = context.Loggers.CreateLogger<DatabasePublisher>();
        _status = new StatusHolder(context, _logger);
        _events = new NamedEventReader(context.Schema, new CsvFormat { PublishWithUpsert = _options.Upsert }, context.AutogenKey);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken stop)
    {
        _status.Running();
        return Task.Factory.StartNew(() => Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Run(CancellationToken stop)
    {
        try
        {
            using var connection = _options.Open(_context.Substitutions);
            using var command = connection.CreateCommand();
            command.CommandText = _options.Select;
            command.CommandTimeout = 0;
            using var cancel = stop.Register(command.Cancel);
            using var reader = command.ExecuteReader();
            Publish(reader, FieldsOf(reader), stop);
            _status.Change(s => s with { State = ConnectorState.Finished });
        }
        catch (Exception stopped) when (stop.IsCancellationRequested && stopped is OperationCanceledException or DbException)
        {
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (Exception refused) when (refused is DatabaseException or DbException)
        {
            _status.Failed(refused.Message);
        }
    }

    private void Publish(DbDataReader reader, Field[] fields, CancellationToken stop)
    {
        var block = _context.Feed.Rent(_context.WindowId, _context.Schema);
        block.IsTransactional = _options.Transactional;
        for (long row = 1; (_options.MaxEvents == 0 || _published + block.Count < _options.MaxEvents) && reader.Read(); row++)
        {
            if (Append(reader, fields, block) is { } wrong)
            {
                wrong = string.Create(CultureInfo.InvariantCulture, $"Row {row} of the query: {wrong}");
                if (!_options.IgnoreErrors)
                {
                    Send(block, stop);
                    throw new DatabaseException($"{wrong} With ignoresqlerrors=true such rows are dropped.");
                }

                _logger.LogRowDropped(_context.Path, wrong);
                _status.Change(s => s with { Dropped = s.Dropped + 1 });
            }

            if (block.Count >= _options.BlockSize)
            {
                Send(block, stop);
                block = _context.Feed.Rent(_context.WindowId, _context.Schema);
                block.IsTransactional = _options.Transactional;
            }

            stop.ThrowIfCancellationRequested();
        }

        Send(block, stop);
    }

    private string? Append(DbDataReader reader, Field[] fields, EventBlock block)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            try
            {
                _events.Set(fields[i].Name, DatabaseValues.TextOf(reader.GetValue(i), fields[i].Type, _options.DateFormat));
            }
            catch (Exception wrong) when (wrong is InvalidCastException or OverflowException or FormatException)
            {
                return $"column '{reader.GetName(i)}': {wrong.Message}";
            }
        }

        return _events.Append(block);
    }

    private void Send(EventBlock block, CancellationToken stop)
    {
        _published += block.Count;
        _context.Feed.Publish(_context.WindowId, block, stop);
        var published = _published;
        _status.Change(s => s with { EventsIn = published, EventsOut = published });
    }

    /// <summary>The field of each column of the query.</summary>
    private Field[] FieldsOf(DbDataReader reader)
    {
        var fields = _context.Schema.Fields;
        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        var byName = names.Select(n => fields.FirstOrDefault(f => string.Equals(f.Name, n, StringComparison.OrdinalIgnoreCase))).ToArray();
        var hasKeys = _context.AutogenKey || fields.All(f => !f.IsKey || byName.Contains(f));
        if (hasKeys && byName.All(f => f is not null) && byName.Distinct().Count() == names.Length)
        {
            return byName!;
        }

        // A key that the engine makes has no column, unless the query gives one for it all the same.
        var wanted = names.Length == fields.Length ? [.. fields] : fields.Where(f => !(_context.AutogenKey && f.IsKey)).ToArray();
        return names.Length == wanted.Length ? wanted : throw new DatabaseException(
            $"The query has the columns {string.Join(", ", names)}; the window needs {string.Join(", ", wanted.Select(f => f.Name))}: "
            + "name each column as a field, or select as many in the order of the fields.");
    }
}
