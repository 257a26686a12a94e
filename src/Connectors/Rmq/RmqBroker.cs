using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lockstep.Connectors.Messages;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Lockstep.Connectors.Rmq;

/// <summary>
/// A RabbitMQ server. A message is acknowledged once it was taken, and counts as sent when the server confirms it. The exchange is
/// made, as a topic exchange, when it is not there.
/// </summary>
internal sealed class RmqBroker(RmqOptions options) : IMessageBroker
{
    private const ushort Prefetched = 100;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task ReceiveAsync(Action<string, ReadOnlyMemory<byte>> take, Action connected, CancellationToken stop)
    {
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var connection = await OpenAsync(stop).ConfigureAwait(false);
        await using var end = connection.ConfigureAwait(false);
        var channel = await MendAsync(() => OpenChannelAsync(connection, new CreateChannelOptions(false, false), stop), stop).ConfigureAwait(false);
        await using var endOfChannel = channel.ConfigureAwait(false);
        channel.ChannelShutdownAsync += (_, args) =>
        {
            broken.TrySetException(new BrokerException($"{options.Place}: the connection ended: {args.ReplyText}."));
            return Task.CompletedTask;
        };
        var turn = new MessageTurn(broken, Trouble, stop);
        await MendAsync(() => ConsumeAsync(channel, take, turn, stop), stop).ConfigureAwait(false);
        connected();
        try
        {
            await broken.Task.WaitAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            await turn.OverAsync(Timeout).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IMessageSender> ConnectAsync(CancellationToken stop)
    {
        var connection = await OpenAsync(stop).ConfigureAwait(false);
        try
        {
            var channel = await MendAsync(() => OpenChannelAsync(connection, new CreateChannelOptions(true, true), stop), stop)
                .ConfigureAwait(false);
            return new Sender(this, connection, channel);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<bool> ConsumeAsync(
        IChannel channel, Action<string, ReadOnlyMemory<byte>> take, MessageTurn turn, CancellationToken stop)
    {
        var isKept = options.Queue.Length > 0;
        var queue = await channel.QueueDeclareAsync(
            options.Queue, durable: isKept, exclusive: !isKept, autoDelete: !isKept, cancellationToken: stop).ConfigureAwait(false);
        await channel.QueueBindAsync(queue.QueueName, options.Exchange, options.Topic, cancellationToken: stop).ConfigureAwait(false);
        await channel.BasicQosAsync(0, Prefetched, global: false, stop).ConfigureAwait(false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, args) => turn.TakeAsync(async () =>
        {
            take(args.RoutingKey, args.Body);
            await channel.BasicAckAsync(args.DeliveryTag, multiple: false, CancellationToken.None).ConfigureAwait(false);
        });
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: false, consumer, stop).ConfigureAwait(false);
        return true;
    }

    private BrokerException? Trouble(Exception thrown) =>
        IsTrouble(thrown) ? new BrokerException($"{options.Place}: {thrown.Message}", cause: thrown) : null;

    private static bool IsTrouble(Exception thrown) =>
        thrown is RabbitMQClientException or SocketException or IOException or AuthenticationException or TimeoutException
            or ObjectDisposedException;

    /// <summary>Says what a client's trouble is in words of this connector.</summary>
    private async Task<T> MendAsync<T>(Func<Task<T>> work, CancellationToken stop)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception away) when (IsTrouble(away) || (away is OperationCanceledException && !stop.IsCancellationRequested))
        {
            var isRefusal = away is AuthenticationFailureException or PossibleAuthenticationFailureException
                || away.InnerException is AuthenticationFailureException or PossibleAuthenticationFailureException;
            var reason = isRefusal
                ? "refused. Check rmquserid, rmqpassword and rmqvhost." : away.InnerException?.Message ?? away.Message;
            throw new BrokerException($"{options.Place}: {reason}", isRefusal, away);
        }
    }

    private async Task<IConnection> OpenAsync(CancellationToken stop)
    {
        var factory = new ConnectionFactory
        {
            HostName = options.Host,
            Port = options.Port,
            VirtualHost = options.VirtualHost,
            UserName = options.User,
            Password = options.Password,
            AutomaticRecoveryEnabled = false, // A break is seen here, and what was on its way is sent again.
            RequestedConnectionTimeout = Timeout,
            ContinuationTimeout = Timeout,
            Ssl = Tls(),
        };
        return await MendAsync(() => factory.CreateConnectionAsync(stop), stop).ConfigureAwait(false);
    }

    private SslOption Tls()
    {
        var tls = new SslOption { Enabled = options.IsTls, ServerName = options.Host };
        if (!options.IsTls || options.AuthorityFile.Length == 0)
        {
            return tls;
        }

        try
        {
            var authority = X509CertificateLoader.LoadCertificateFromFile(options.AuthorityFile);
            tls.CertificateValidationCallback = (_, certificate, _, errors) => TrustedCertificate.Accepts(certificate, errors, authority);
            return tls;
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new BrokerException($"{options.Place}: certificates: {unreadable.Message}", isFatal: true, unreadable);
        }
    }

    /// <summary>A channel on which the exchange is there; one that asks for what is not there is closed by the server.</summary>
    private async Task<IChannel> OpenChannelAsync(IConnection connection, CreateChannelOptions settings, CancellationToken stop)
    {
        var asking = await connection.CreateChannelAsync(cancellationToken: stop).ConfigureAwait(false);
        await using (asking.ConfigureAwait(false))
        {
            try
            {
                await asking.ExchangeDeclarePassiveAsync(options.Exchange, stop).ConfigureAwait(false);
                return await connection.CreateChannelAsync(settings, stop).ConfigureAwait(false);
            }
            catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
            {
                // It is made below.
            }
        }

        var channel = await connection.CreateChannelAsync(settings, stop).ConfigureAwait(false);
        await channel.ExchangeDeclareAsync(
            options.Exchange, ExchangeType.Topic, durable: options.IsPersistent, autoDelete: false, cancellationToken: stop).ConfigureAwait(false);
        return channel;
    }

    private sealed class Sender(RmqBroker broker, IConnection connection, IChannel channel) : IMessageSender
    {
        public async Task SendAsync(ReadOnlyMemory<byte> payload, CancellationToken stop)
        {
            var options = broker.Options;
            var properties = new BasicProperties { Persistent = options.IsPersistent };
            await broker.MendAsync(
                async () =>
                {
                    await channel.BasicPublishAsync(options.Exchange, options.Topic, mandatory: false, properties, payload, stop)
                        .ConfigureAwait(false);
                    return true;
                },
                stop).ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            await channel.DisposeAsync().ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private RmqOptions Options => options;
}
