using Lockstep.Connectors.Messages;
using StackExchange.Redis;

namespace Lockstep.Connectors.Redis;

/// <summary>
/// A Redis server as a broker. Of a channel comes what is sent while the connection stands. Of a stream comes what is added from now on, or,
/// with a consumer group, all of it, each entry until it was acknowledged, which happens once it was taken.
/// </summary>
internal sealed class RedisBroker(RedisOptions options, ConnectorContext context) : IMessageBroker
{
    private const int BatchMax = 100;

    // The client's one connection can't wait for entries, so it asks for them.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public async Task ReceiveAsync(Action<string, ReadOnlyMemory<byte>> take, Action connected, CancellationToken stop)
    {
        var server = await ConnectServerAsync().ConfigureAwait(false);
        await using var end = server.ConfigureAwait(false);
        try
        {
            await (options.Form == RedisForm.Channel ? ListenAsync(server, take, connected, stop)
                : options.Group.Length > 0 ? ReadGroupAsync(server.GetDatabase(), take, connected, stop)
                : ReadStreamAsync(server.GetDatabase(), take, connected, stop)).ConfigureAwait(false);
        }
        catch (Exception away) when (RedisAddress.IsTrouble(away))
        {
            throw Broken(away);
        }
    }

    /// <inheritdoc/>
    public async Task<IMessageSender> ConnectAsync(CancellationToken stop) =>
        new Sender(this, options, await ConnectServerAsync().ConfigureAwait(false));

    private async Task<ConnectionMultiplexer> ConnectServerAsync()
    {
        try
        {
            return await options.Address.ConnectAsync().ConfigureAwait(false);
        }
        catch (Exception away) when (RedisAddress.IsTrouble(away))
        {
            throw Broken(away);
        }
    }

    private BrokerException Broken(Exception away) => new(options.Address.Describe(away), RedisAddress.Refuses(away), away);

    private async Task ListenAsync(
        ConnectionMultiplexer server, Action<string, ReadOnlyMemory<byte>> take, Action connected, CancellationToken stop)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(stop);
        server.ConnectionFailed += (_, _) => broken.Cancel();
        var messages = await server.GetSubscriber().SubscribeAsync(RedisChannel.Literal(options.Name)).ConfigureAwait(false);
        connected();
        try
        {
            while (true)
            {
                var message = await messages.ReadAsync(broken.Token).ConfigureAwait(false);
                take(options.Name, (byte[])message.Message!);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new BrokerException($"{options.Place}: the connection broke.");
        }
    }

    private async Task ReadStreamAsync(
        IDatabase database, Action<string, ReadOnlyMemory<byte>> take, Action connected, CancellationToken stop)
    {
        var last = await database.StreamRangeAsync(options.Name, count: 1, messageOrder: Order.Descending).ConfigureAwait(false);
        var position = last.Length > 0 ? last[0].Id : (RedisValue)"0-0";
        connected();
        while (true)
        {
            var entries = await database.StreamReadAsync(options.Name, position, BatchMax).ConfigureAwait(false);
            foreach (var entry in entries)
            {
                Take(entry, take);
                position = entry.Id;
            }

            await PauseAsync(entries.Length, stop).ConfigureAwait(false);
        }
    }

    private async Task ReadGroupAsync(
        IDatabase database, Action<string, ReadOnlyMemory<byte>> take, Action connected, CancellationToken stop)
    {
        try
        {
            await database.StreamCreateConsumerGroupAsync(options.Name, options.Group, "0-0", createStream: true).ConfigureAwait(false);
        }
        catch (RedisServerException there) when (there.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // It is there already.
        }

        connected();

        // What this consumer was given before and did not acknowledge comes first.
        RedisValue position = "0-0";
        while (true)
        {
            var entries = await database.StreamReadGroupAsync(options.Name, options.Group, context.Path, position, BatchMax).ConfigureAwait(false);
            foreach (var entry in entries)
            {
                Take(entry, take);
                await database.StreamAcknowledgeAsync(options.Name, options.Group, entry.Id).ConfigureAwait(false);
            }

            if (entries.Length == 0)
            {
                position = ">";
            }

            await PauseAsync(entries.Length, stop).ConfigureAwait(false);
        }
    }

    // An entry without the field, of others, is an empty message: what it is said of then is the reader's.
    private void Take(StreamEntry entry, Action<string, ReadOnlyMemory<byte>> take) =>
        take(options.Name, (byte[]?)entry[options.Field] ?? []);

    private async Task PauseAsync(int received, CancellationToken stop)
    {
        if (received > 0)
        {
            stop.ThrowIfCancellationRequested();
        }
        else
        {
            await Task.Delay(Pause, context.Time, stop).ConfigureAwait(false);
        }
    }

    private sealed class Sender(RedisBroker broker, RedisOptions options, ConnectionMultiplexer server) : IMessageSender
    {
        public async Task SendAsync(ReadOnlyMemory<byte> payload, CancellationToken stop)
        {
            try
            {
                await (options.Form == RedisForm.Channel
                    ? (Task)server.GetSubscriber().PublishAsync(RedisChannel.Literal(options.Name), payload)
                    : server.GetDatabase().StreamAddAsync(
                        options.Name, options.Field, payload, maxLength: options.MaxLength > 0 ? options.MaxLength : null,
                        useApproximateMaxLength: true)).WaitAsync(stop).ConfigureAwait(false);
            }
            catch (Exception away) when (RedisAddress.IsTrouble(away))
            {
                throw broker.Broken(away);
            }
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
