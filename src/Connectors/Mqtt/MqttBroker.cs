using System.Buffers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lockstep.Connectors.Messages;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Lockstep.Connectors.Mqtt;

/// <summary>
/// An MQTT broker, spoken to in version 3.1.1, which all know. With quality of service 1 or 2 a message is acknowledged once it was taken,
/// and sent until the broker acknowledges it.
/// </summary>
internal sealed class MqttBroker(MqttOptions options) : IMessageBroker
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private MqttQualityOfServiceLevel Qos => (MqttQualityOfServiceLevel)options.Qos;

    /// <inheritdoc/>
    public async Task ReceiveAsync(Action<string, ReadOnlyMemory<byte>> take, Action connected, CancellationToken stop)
    {
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var turn = new MessageTurn(broken, Trouble, stop);
        using var client = new MqttClientFactory().CreateMqttClient();
        client.DisconnectedAsync += args =>
        {
            broken.TrySetException(new BrokerException(
                $"{options.Place}: the connection ended: {args.Exception?.Message ?? args.Reason.ToString()}.", cause: args.Exception));
            return Task.CompletedTask;
        };
        client.ApplicationMessageReceivedAsync += async args =>
        {
            args.AutoAcknowledge = false;
            var message = args.ApplicationMessage;
            await turn.TakeAsync(async () =>
            {
                if (options.TakesRetained || !message.Retain)
                {
                    take(message.Topic, message.Payload.ToArray());
                }

                await args.AcknowledgeAsync(CancellationToken.None).ConfigureAwait(false);
            }).ConfigureAwait(false);
        };
        await ConnectAsync(client, stop).ConfigureAwait(false);
        await SubscribeAsync(client, stop).ConfigureAwait(false);
        connected();
        try
        {
            await broken.Task.WaitAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            await turn.OverAsync(Timeout).ConfigureAwait(false);
            await LeaveAsync(client).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IMessageSender> ConnectAsync(CancellationToken stop)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        try
        {
            await ConnectAsync(client, stop).ConfigureAwait(false);
            return new Sender(this, client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task LeaveAsync(IMqttClient client)
    {
        using var limit = new CancellationTokenSource(Timeout);
        try
        {
            await client.DisconnectAsync(new MqttClientDisconnectOptions(), limit.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (IsTrouble(gone) || gone is OperationCanceledException)
        {
            // The connection is gone already: there is nobody to take leave of.
        }
    }

    private static bool IsTrouble(Exception thrown) =>
        thrown is MqttCommunicationException or MqttProtocolViolationException or MqttClientNotConnectedException
            or SocketException or IOException or AuthenticationException or TimeoutException or InvalidOperationException;

    private BrokerException? Trouble(Exception thrown) =>
        IsTrouble(thrown) ? new BrokerException($"{options.Place}: {thrown.Message}", cause: thrown) : null;

    private async Task ConnectAsync(IMqttClient client, CancellationToken stop)
    {
        var settings = Settings();
        MqttClientConnectResult result;
        try
        {
            result = await client.ConnectAsync(settings, stop).ConfigureAwait(false);
        }
        catch (Exception away) when (IsTrouble(away) || (away is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new BrokerException($"{options.Place}: {away.InnerException?.Message ?? away.Message}", cause: away);
        }

        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw Refused(result.ResultCode);
        }
    }

    private BrokerException Refused(MqttClientConnectResultCode code)
    {
        var isFatal = code is MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized
            or MqttClientConnectResultCode.ClientIdentifierNotValid;
        var advice = isFatal ? " Check mqttuserid, mqttpassword and mqttclientid." : "";
        return new BrokerException($"{options.Place}: refused ({code}).{advice}", isFatal);
    }

    private async Task SubscribeAsync(IMqttClient client, CancellationToken stop)
    {
        var topics = new MqttClientSubscribeOptionsBuilder()
            .WithTopicFilter(new MqttTopicFilterBuilder().WithTopic(options.Topic).WithQualityOfServiceLevel(Qos).Build()).Build();
        try
        {
            var result = await client.SubscribeAsync(topics, stop).ConfigureAwait(false);
            if (result.Items.Any(i => (int)i.ResultCode >= (int)MqttClientSubscribeResultCode.UnspecifiedError))
            {
                throw new BrokerException($"{options.Place}: the broker refuses the subscription. Check the user's rights.", isFatal: true);
            }
        }
        catch (Exception away) when (IsTrouble(away) || (away is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new BrokerException($"{options.Place}: {away.Message}", cause: away);
        }
    }

    private MqttClientOptions Settings()
    {
        var settings = new MqttClientOptionsBuilder()
            .WithTcpServer(options.Host, options.Port)
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithCleanSession(options.IsCleanSession)
            .WithKeepAlivePeriod(options.KeepAlive)
            .WithTimeout(Timeout);
        if (options.ClientId.Length > 0)
        {
            settings = settings.WithClientId(options.ClientId);
        }

        if (options.User.Length > 0)
        {
            settings = settings.WithCredentials(options.User, options.Password);
        }

        return (options.IsTls ? settings.WithTlsOptions(UseTls) : settings).Build();
    }

    private void UseTls(MqttClientTlsOptionsBuilder tls)
    {
        try
        {
            tls.UseTls();
            if (options.AuthorityFile.Length > 0)
            {
                var authority = X509CertificateLoader.LoadCertificateFromFile(options.AuthorityFile);
                tls.WithCertificateValidationHandler(args => TrustedCertificate.Accepts(args.Certificate, args.SslPolicyErrors, authority));
            }

            if (options.CertificateFile.Length > 0)
            {
                var key = options.KeyFile.Length > 0 ? options.KeyFile : null;
                tls.WithClientCertificates([options.KeyPassword.Length > 0
                    ? X509Certificate2.CreateFromEncryptedPemFile(options.CertificateFile, options.KeyPassword, key)
                    : X509Certificate2.CreateFromPemFile(options.CertificateFile, key)]);
            }
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new BrokerException($"{options.Place}: certificates: {unreadable.Message}", isFatal: true, unreadable);
        }
    }

    private sealed class Sender(MqttBroker broker, IMqttClient client) : IMessageSender
    {
        public async Task SendAsync(ReadOnlyMemory<byte> payload, CancellationToken stop)
        {
            var options = broker.Options;
            var message = new MqttApplicationMessage
            {
                Topic = options.Topic,
                Payload = new ReadOnlySequence<byte>(payload),
                QualityOfServiceLevel = broker.Qos,
                Retain = options.Retains,
            };
            try
            {
                var result = await client.PublishAsync(message, stop).ConfigureAwait(false);
                if (!result.IsSuccess)
                {
                    throw new BrokerException($"{options.Place}: the broker refuses a message ({result.ReasonCode}).");
                }
            }
            catch (Exception away) when (IsTrouble(away) || (away is OperationCanceledException && !stop.IsCancellationRequested))
            {
                throw new BrokerException($"{options.Place}: {away.Message}", cause: away);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await LeaveAsync(client).ConfigureAwait(false);
            client.Dispose();
        }
    }

    private MqttOptions Options => options;
}
