using System.Text.RegularExpressions;
using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Lockstep.Connectors.Redis;

/// <summary>
/// Publishes the hashes whose keys begin with a prefix as upserts, once, and ends: what is in the database when a project starts. Fields are
/// found by name. A server that is away before the first hash was read is tried again; a break later fails the connector.
/// </summary>
internal sealed partial class RedisRowPublisher : IConnector
{
    private const int BatchMax = 500;
    private const int LoggedMost = 100;

    private readonly ConnectorContext _context;
    private readonly RedisOptions _options;
    private readonly NamedEventReader _reader;
    private readonly ILogger _logger;
    private readonly StatusHolder _status;
    private long _events;
    private long _dropped;

    public RedisRowPublisher(ConnectorContext context, RedisOptions options)
    {
        _context = context;
        _options = options;
        _reader = new NamedEventReader(context.Schema, options.Messages.Csv with { PublishWithUpsert = true }, context.AutogenKey);
        _logger = context.Loggers.CreateLogger<RedisRowPublisher>();
        _status = new StatusHolder(context, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        _status.Running();
        try
        {
            await Task.Run(() => PublishAsync(stop), CancellationToken.None).ConfigureAwait(false);
            _status.Change(s => s with { State = ConnectorState.Finished });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (Exception away) when (RedisAddress.IsTrouble(away))
        {
            _status.Failed(_options.Address.Describe(away));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task PublishAsync(CancellationToken stop)
    {
        var server = await ConnectAsync(stop).ConfigureAwait(false);
        await using var end = server.ConfigureAwait(false);
        _status.Change(s => s with { Reason = null, IsConnected = true });

        // A scan may give a key twice; an upsert may come twice.
        var keys = new List<RedisKey>();
        foreach (var node in server.GetServers().Where(n => !n.IsReplica))
        {
            await foreach (var key in node.KeysAsync(pattern: $"{Literal(_options.Name)}:*", pageSize: BatchMax).WithCancellation(stop).ConfigureAwait(false))
            {
                keys.Add(key);
                if (keys.Count == BatchMax)
                {
                    await PublishAsync(server.GetDatabase(), keys, stop).ConfigureAwait(false);
                }
            }
        }

        await PublishAsync(server.GetDatabase(), keys, stop).ConfigureAwait(false);
    }

    // What has a meaning in patterns stands for itself.
    private static string Literal(string name) => Special().Replace(name, @"\$0");

    [GeneratedRegex(@"[\[\]*?^\\]")]
    private static partial Regex Special();

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken stop)
    {
        var retry = new RetryWait(_context.Time);
        while (true)
        {
            try
            {
                return await _options.Address.ConnectAsync().ConfigureAwait(false);
            }
            catch (Exception away) when (RedisAddress.IsTrouble(away) && !RedisAddress.Refuses(away))
            {
                var reason = _options.Address.Describe(away);
                if (_status.Away(reason))
                {
                    LogTrouble(_logger, _context.Path, reason);
                }
            }

            await retry.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    private async Task PublishAsync(IDatabase database, List<RedisKey> keys, CancellationToken stop)
    {
        // Keys of other kinds, and those that have expired since, have no fields.
        var answers = keys.ConvertAll(k => FieldsOfAsync(database, k));
        var rows = await Task.WhenAll(answers).ConfigureAwait(false);
        var block = _context.Feed.Rent(_context.WindowId, _context.Schema);
        for (var i = 0; i < rows.Length; i++)
        {
            foreach (var field in rows[i])
            {
                _reader.Set((string)field.Name!, field.Value);
            }

            if (rows[i].Length > 0 && _reader.Append(block) is { } problem)
            {
                Drop($"{keys[i]}: {problem}");
            }
        }

        keys.Clear();
        var (events, dropped) = (_events += block.Count, _dropped);
        _context.Feed.Publish(_context.WindowId, block, stop);
        _status.Change(s => s with { EventsIn = events, EventsOut = events, Dropped = dropped });
    }

    private static async Task<HashEntry[]> FieldsOfAsync(IDatabase database, RedisKey key)
    {
        try
        {
            return await database.HashGetAllAsync(key).ConfigureAwait(false);
        }
        catch (RedisServerException other) when (other.Message.StartsWith("WRONGTYPE", StringComparison.Ordinal))
        {
            return [];
        }
    }

    private void Drop(string problem)
    {
        if (++_dropped <= LoggedMost)
        {
            LogDropped(_logger, _context.Path, problem);
        }
    }

    [LoggerMessage(EventId = 5053, Level = LogLevel.Warning, Message = "{Path}: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 5054, Level = LogLevel.Error, Message = "{Path}: row dropped: {Reason}")]
    private static partial void LogDropped(ILogger logger, string path, string reason);
}
