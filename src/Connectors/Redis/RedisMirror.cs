using System.Globalization;
using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Lockstep.Connectors.Redis;

/// <summary>
/// Writes the rows of a statedb-writer to Redis after they were committed (ADR 15), each until the server has it; writing one again changes
/// nothing. Only the newest change of a row waits. In a failover group standbys keep the newest changes for the case that they take over,
/// and the server refuses members of an epoch that is over.
/// </summary>
public sealed partial class RedisMirror : IFollower
{
    /// <summary>Rows that may wait; of more the one changed longest ago is left out, and counted on the member that writes.</summary>
    public const int WaitingMax = 100_000;

    /// <summary>Tries to write a row whose key, or one of an index, holds something else; after that the mirror fails.</summary>
    public const int ForeignTriesMax = 5;

    private const int BatchMax = 500;
    private const string Put = "put";
    private const string Merge = "merge";
    private const string Delete = "delete";

    // KEYS: fence, row. ARGV: epoch, what to do, deadline in milliseconds or 0, indexes, then names and values.
    private const string Script = """
        local epoch = tonumber(ARGV[1])
        if epoch > 0 then
          local held = tonumber(redis.call('GET', KEYS[1]) or '0')
          if held > epoch then return 0 end
          if held < epoch then redis.call('SET', KEYS[1], ARGV[1]) end
        end
        local row, action, deadline, indexes = KEYS[2], ARGV[2], ARGV[3], cjson.decode(ARGV[4])
        local held = redis.call('TYPE', row).ok
        if held ~= 'none' and held ~= 'hash' then return redis.error_reply('WRONGTYPE the key of a row is a ' .. held) end
        local function places()
          local found = {}
          for _, index in ipairs(indexes) do
            local key, whole = index.key, true
            for _, field in ipairs(index.fields) do
              local value = redis.call('HGET', row, field)
              if value then key = key .. ':' .. value else whole = false end
            end
            if whole then found[#found + 1] = key end
          end
          return found
        end
        for _, key in ipairs(places()) do redis.call('SREM', key, row) end
        if action ~= 'merge' then redis.call('DEL', row) end
        if action ~= 'delete' then
          redis.call('HSET', row, unpack(ARGV, 5))
          if deadline ~= '0' then redis.call('PEXPIREAT', row, deadline) end
          for _, key in ipairs(places()) do
            redis.call('SADD', key, row)
            if deadline ~= '0' then redis.call('PEXPIREAT', key, deadline) end
          end
        end
        return 1
        """;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private readonly ConnectorContext _context;
    private readonly RedisRows _rows;
    private readonly RedisAddress _address;
    private readonly string _fence;
    private readonly ILogger _logger;
    private readonly StatusHolder _status;
    private readonly RowQueue _queue = new(WaitingMax);
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly Lock _turn = new();
    private long? _epoch;
    private long _written;
    private int _foreignTries;

    /// <summary>Makes a mirror of a window that was checked.</summary>
    /// <param name="context">The window's: a statedb-writer with a database of type redis.</param>
    public RedisMirror(ConnectorContext context)
    {
        _context = context;
        var window = (StateDbWriterWindowDefinition)context.Window;
        var database = window.Database;
        var (host, port) = context.Substitutions.HostOf(database.HostName, database.Port);
        _address = new RedisAddress(host, port, database.UserName, database.Password) { KeepAliveSeconds = database.KeepAliveSeconds };
        _rows = new RedisRows(window);
        _fence = _rows.FenceOf($"{context.Project}/{context.Query}/{window.Name}");
        _logger = context.Loggers.CreateLogger<RedisMirror>();
        _status = new StatusHolder(context, _logger);
        _epoch = context.IsShared ? null : 0;
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <summary>Rows that the server does not have yet; on a standby those that it keeps.</summary>
    public int Waiting => _queue.Count;

    /// <inheritdoc/>
    public void Take(EventBlock block)
    {
        var lost = 0;
        foreach (var change in _rows.Of(block, _context.Time.GetUtcNow()))
        {
            lost += _queue.Add(change) ? 1 : 0;
        }

        if (lost > 0 && Epoch is not null)
        {
            if (_status.Now.Dropped == 0)
            {
                LogDropped(_logger, _context.Path, WaitingMax);
            }

            _status.Change(s => s with { Dropped = s.Dropped + lost });
        }

        Wake();
    }

    /// <inheritdoc/>
    public void Flush()
    {
        // Rows are on their way.
    }

    /// <inheritdoc/>
    public void Lead(long epoch)
    {
        Epoch = epoch;
        Wake();
    }

    /// <inheritdoc/>
    public void Rest() => Epoch = null;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        _status.Running();
        using var limit = new CancellationTokenSource();
        using var stopping = stop.Register(() =>
        {
            limit.CancelAfter(StopLimit);
            Wake();
        });
        try
        {
            await Task.Run(() => WriteAsync(limit.Token, stop), CancellationToken.None).ConfigureAwait(false);
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (BrokerException refused)
        {
            _status.Failed(refused.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            _status.Failed($"The project stops and the server did not take the rest: {_queue.Count} rows are not written. {_status.Now.Reason}".TrimEnd());
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _news.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The epoch in which this member writes, 0 without a group; null: it does not.</summary>
    private long? Epoch
    {
        get
        {
            lock (_turn)
            {
                return _epoch;
            }
        }

        set
        {
            lock (_turn)
            {
                _epoch = value;
            }
        }
    }

    private async Task WriteAsync(CancellationToken limit, CancellationToken stop)
    {
        var retry = new RetryWait(_context.Time);
        while (true)
        {
            try
            {
                var server = await _address.ConnectAsync().ConfigureAwait(false);
                await using var end = server.ConfigureAwait(false);
                _status.Change(s => s with { Reason = null, IsConnected = true });
                await WriteWaitingAsync(server.GetDatabase(), retry, limit, stop).ConfigureAwait(false);
                return;
            }
            catch (BrokerException foreign) when (++_foreignTries < ForeignTriesMax)
            {
                if (_status.Away(foreign.Message))
                {
                    LogTrouble(_logger, _context.Path, foreign.Message);
                }
            }
            catch (Exception away) when (RedisAddress.IsTrouble(away))
            {
                var reason = _address.Describe(away);
                if (RedisAddress.Refuses(away))
                {
                    throw new BrokerException(reason, isFatal: true, away);
                }

                if (_status.Away(reason))
                {
                    LogTrouble(_logger, _context.Path, reason);
                }
            }

            if (stop.IsCancellationRequested && !(Epoch is not null && _queue.Count > 0))
            {
                return;
            }

            await retry.WaitAsync(limit).ConfigureAwait(false);
        }
    }

    private async Task WriteWaitingAsync(IDatabase database, RetryWait retry, CancellationToken limit, CancellationToken stop)
    {
        while (true)
        {
            while (Epoch is { } epoch && _queue.Peek(BatchMax) is { Count: > 0 } changes)
            {
                limit.ThrowIfCancellationRequested();
                if (!await WriteAsync(database, changes, epoch).ConfigureAwait(false))
                {
                    Yield(epoch);
                    continue;
                }

                retry.Reset();
                _foreignTries = 0;
                _queue.Remove(changes);
                var (written, behind) = (_written += changes.Count, _queue.Count);
                _status.Change(s => s with { EventsIn = written + behind, EventsOut = written, Behind = behind });
            }

            if (stop.IsCancellationRequested)
            {
                return;
            }

            await _news.WaitAsync(limit).ConfigureAwait(false);
        }
    }

    // One after the other on one connection, without a wait between: the server takes them in their order.
    private async Task<bool> WriteAsync(IDatabase database, List<RowChange> changes, long epoch)
    {
        var answers = changes.ConvertAll(c => database.ScriptEvaluateAsync(Script, [_fence, c.Key], Arguments(c, epoch)));
        try
        {
            var taken = await Task.WhenAll(answers).ConfigureAwait(false);
            return Array.TrueForAll(taken, t => (int)t == 1);
        }
        catch (RedisServerException foreign) when (foreign.Message.Contains("WRONGTYPE", StringComparison.Ordinal))
        {
            // Somebody else's key is not overwritten; who takes it away in time loses nothing.
            var key = changes[answers.FindIndex(a => a.IsFaulted)].Key;
            throw new BrokerException(
                $"{_address.Place}: row '{key}' can't be written: its key, or one of its secondary indexes or of the epoch, holds something else "
                + "than this project writes. Take that key away, or give the window another prefix.", cause: foreign);
        }
    }

    // Another member has a later epoch. What waits here is kept as on other standbys; this member may lead again in an epoch of its own.
    private void Yield(long epoch)
    {
        LogFenced(_logger, _context.Path, epoch);
        lock (_turn)
        {
            _epoch = _epoch == epoch ? null : _epoch;
        }
    }

    private RedisValue[] Arguments(RowChange change, long epoch)
    {
        var deadline = change.Deadline is { } time ? time.ToUnixTimeMilliseconds() : 0;
        List<RedisValue> arguments =
        [
            epoch, change.IsDelete ? Delete : change.KeepsNulls ? Merge : Put, deadline.ToString(CultureInfo.InvariantCulture), _rows.Indexes,
        ];
        for (var i = 0; i < change.Fields.Length; i++)
        {
            if (change.Fields[i] is { } value)
            {
                arguments.Add(_rows.Names[i]);
                arguments.Add(value);
            }
        }

        return [.. arguments];
    }

    private void Wake()
    {
        try
        {
            if (_news.CurrentCount == 0)
            {
                _news.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Another thread has just done so.
        }
    }

    [LoggerMessage(EventId = 5050, Level = LogLevel.Warning, Message = "{Path}: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 5051, Level = LogLevel.Error,
        Message = "{Path}: more than {Waiting} rows wait for the server; those changed longest ago are left out, it has them as they were")]
    private static partial void LogDropped(ILogger logger, string path, int waiting);

    [LoggerMessage(EventId = 5052, Level = LogLevel.Warning, Message = "{Path}: epoch {Epoch} is over, another member writes; nothing is written any more")]
    private static partial void LogFenced(ILogger logger, string path, long epoch);
}
