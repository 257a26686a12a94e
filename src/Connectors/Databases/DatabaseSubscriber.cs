using System.Collections.Concurrent;
using System.Globalization;
using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Databases;

/// <summary>
/// Connector class db, type sub: keeps a table as a window's events say, in their order, on a thread of its own. Rows since the
/// last commit are kept: when the connection breaks they are written again, as upserts since the commit may have been done.
/// </summary>
internal sealed class DatabaseSubscriber : ISubscriber
{
    /// <summary>Blocks that may wait; beyond, the engine waits.</summary>
    public const int QueueLimit = 1024;

    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(500);

    private readonly ConnectorContext _context;
    private readonly DatabaseOptions _options;
    private readonly ILogger _logger;
    private readonly StatusHolder _status;
    private readonly BlockingCollection<List<DatabaseRow>> _queue = new(QueueLimit);
    private readonly List<DatabaseRow> _uncommitted = [];
    private volatile bool _runs;
    private long _firstAt;

    public DatabaseSubscriber(ConnectorContext context)
    {
        _context = context;
        _options = DatabaseOptions.Of(context, isPublisher: false);
        _logger = context.Loggers.CreateLogger<DatabaseSubscriber>();
        _status = new StatusHolder(context, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken stop)
    {
        _runs = true;
        _status.Running();
        return Task.Factory.StartNew(() => Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public void Take(EventBlock block)
    {
        if (!_runs)
        {
            return;
        }

        List<DatabaseRow> rows = new(block.Count);
        for (var row = 0; row < block.Count; row++)
        {
            var opcode = block.Opcodes[row];
            if (opcode == Opcode.Delete && _options.DropRetentionDeletes && (block.Flags[row] & EventFlags.Retention) != 0)
            {
                continue;
            }

            var values = new object?[block.Columns.Length];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = block.Columns[i].GetObject(row);
            }

            rows.Add(new DatabaseRow(opcode, values));
            if (opcode == Opcode.UpdateBlock)
            {
                row++; // The delete with the old values always stands right behind; the row itself stays.
            }
        }

        while (rows.Count > 0 && _runs && !_queue.TryAdd(rows, IdleWait))
        {
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _queue.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run(CancellationToken stop)
    {
        TableWriter? table = null;
        try
        {
            // Of a group only the active member is given rows, and only it needs the database.
            while (_context.IsShared && _queue.Count == 0 && !stop.WaitHandle.WaitOne(IdleWait))
            {
            }

            if (_context.IsShared && _queue.Count == 0)
            {
                _status.Change(s => s with { State = ConnectorState.Stopped });
                return;
            }

            table = NewWriter();
            while (!stop.IsCancellationRequested || _queue.Count > 0)
            {
                if (_queue.TryTake(out var rows, stop.IsCancellationRequested ? TimeSpan.Zero : IdleWait))
                {
                    foreach (var row in rows)
                    {
                        table = Guard(table, t => Write(t, row), stop);
                    }
                }

                if (IsDue())
                {
                    table = Guard(table, Commit, stop);
                }
            }

            table = Guard(table, Commit, stop);
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (Exception refused) when (refused is DatabaseException || TableWriter.IsRefusal(refused))
        {
            _status.Failed(KeepGoodRows(table, refused.Message));
        }
        finally
        {
            _runs = false;
            table?.Dispose();
        }
    }

    private TableWriter NewWriter() => new(_options, _context.Substitutions, _context.Schema);

    private void Write(TableWriter table, DatabaseRow row)
    {
        try
        {
            table.Write(row, isRepeat: false, _options.IgnoreErrors);
        }
        catch (Exception refused) when (_options.IgnoreErrors && TableWriter.IsRefusal(refused) && !table.IsLost(refused))
        {
            _logger.LogRowDropped(_context.Path, refused.Message);
            _status.Change(s => s with { EventsIn = s.EventsIn + 1, Dropped = s.Dropped + 1 });
            return;
        }

        if (_uncommitted.Count == 0)
        {
            _firstAt = _context.Time.GetTimestamp();
        }

        _uncommitted.Add(row);
        if (_options.CommitRows > 0 && _uncommitted.Count >= _options.CommitRows)
        {
            Commit(table);
        }
    }

    private bool IsDue() => _uncommitted.Count > 0 && (_options.CommitAfter > TimeSpan.Zero
        ? _context.Time.GetElapsedTime(_firstAt) >= _options.CommitAfter
        : _options.CommitRows == 0 && (_queue.Count == 0 || _uncommitted.Count >= QueueLimit));

    private void Commit(TableWriter table)
    {
        table.Commit();
        var rows = _uncommitted.Count;
        _uncommitted.Clear();
        _status.Change(s => s with { EventsIn = s.EventsIn + rows, EventsOut = s.EventsOut + rows });
    }

    /// <summary>Does a step; when the connection breaks, makes another, writes what was not committed again, and repeats the step.</summary>
    /// <returns>The writer to go on with.</returns>
    private TableWriter Guard(TableWriter table, Action<TableWriter> step, CancellationToken stop)
    {
        while (true)
        {
            var before = _uncommitted.Count;
            try
            {
                step(table);
                return table;
            }
            catch (Exception lost) when (TableWriter.IsRefusal(lost) && table.IsLost(lost))
            {
                table.Dispose();
                table = Reconnect(lost.Message, stop);

                // A row that was written before its commit broke is among the repeated ones: only its commit is left to do.
                step = _uncommitted.Count > before ? Commit : step;
            }
        }
    }

    private TableWriter Reconnect(string reason, CancellationToken stop)
    {
        while (true)
        {
            _logger.LogDatabaseAway(_context.Path, reason, _uncommitted.Count);
            _status.Change(s => s with { Reason = reason });
            if (stop.WaitHandle.WaitOne(RetryWait))
            {
                throw new DatabaseException($"Stopped while the database was away: {reason}");
            }

            TableWriter? table = null;
            try
            {
                table = NewWriter();
                foreach (var row in _uncommitted)
                {
                    table.Write(row, isRepeat: true, isGuarded: false);
                }

                _status.Change(s => s with { Reason = null });
                return table;
            }
            catch (System.Data.Common.DbException again)
            {
                table?.Dispose();
                reason = again.Message;
            }
        }
    }

    /// <summary>A row that was refused spoils its transaction: the rows before it are written once more, without it.</summary>
    private string KeepGoodRows(TableWriter? table, string reason)
    {
        try
        {
            if (table is not null && _uncommitted.Count > 0)
            {
                table.Rollback();
                _uncommitted.ForEach(r => table.Write(r, isRepeat: false, isGuarded: false));
                Commit(table);
            }

            return reason;
        }
        catch (Exception again) when (TableWriter.IsRefusal(again) || again is InvalidOperationException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{reason} {_uncommitted.Count} rows before it were not committed: {again.Message}");
        }
    }
}
