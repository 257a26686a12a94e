using System.Net.Sockets;
using System.Threading.Channels;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using MailKit;
using MailKit.Net.Smtp;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace Lockstep.Connectors.Notifications;

/// <summary>
/// Sends the messages of a notification window: takes what the window has put out, makes messages and hands them to the mail
/// server, in order. In a failover group it sees what the active member has committed, so a member that dies between its commit and
/// the mail loses that message and none is sent twice.
/// </summary>
public sealed partial class NotificationSender : ISubscriber
{
    /// <summary>Messages that may wait for the server; further ones are dropped and reported.</summary>
    public const int WaitingMax = 1000;

    private const int Attempts = 3;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly ConnectorContext _context;
    private readonly NotificationWindowDefinition _window;
    private readonly NotificationReader _reader;
    private readonly bool _printsOnly;
    private readonly ILogger _logger;
    private readonly StatusHolder _status;
    private readonly Channel<NotificationMessage> _waiting = Channel.CreateUnbounded<NotificationMessage>();
    private readonly DateTimeOffset?[] _lastSent;
    private long _sequence;
    private long _lastTime;

    /// <summary>Makes a sender.</summary>
    /// <param name="context">The window's.</param>
    /// <param name="reader">Makes messages of the window's events; the sender's alone.</param>
    /// <param name="printsOnly">True: all channels are tests.</param>
    public NotificationSender(ConnectorContext context, NotificationReader reader, bool printsOnly)
    {
        _context = context;
        _window = (NotificationWindowDefinition)context.Window;
        _reader = reader;
        _printsOnly = printsOnly;
        _logger = context.Loggers.CreateLogger<NotificationSender>();
        _status = new StatusHolder(context, _logger);
        _lastSent = new DateTimeOffset?[_window.Channels.Length];
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public void Take(EventBlock block)
    {
        var now = _context.Time.GetUtcNow();
        _lastTime = Math.Max(_lastTime, (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        for (var row = 0; row < block.Count; row++)
        {
            if (block.Opcodes[row] is Opcode.Delete or Opcode.SafeDelete)
            {
                continue;
            }

            foreach (var message in _reader.Read(block, row, new StepTime(_lastTime, 1, ++_sequence)))
            {
                Queue(message, now);
            }
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        _status.Running();

        // What waits when the project ends is still sent: no more comes then.
        await using var ending = stop.Register(() => _waiting.Writer.TryComplete()).ConfigureAwait(false);
        using var client = new SmtpClient { Timeout = (int)Limit.TotalMilliseconds };
        await foreach (var message in _waiting.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await SendAsync(client, message, stop).ConfigureAwait(false);
            if (_waiting.Reader.Count == 0)
            {
                await DisconnectAsync(client).ConfigureAwait(false);
            }
        }

        _status.Change(s => s with { State = ConnectorState.Stopped });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private void Queue(NotificationMessage message, DateTimeOffset now)
    {
        var channel = _window.Channels[message.Channel];
        if (_lastSent[message.Channel] is { } last && now - last < channel.Throttle)
        {
            return;
        }

        _lastSent[message.Channel] = now;
        if (channel.IsTest || _printsOnly)
        {
            var text = TextOf(channel, message);
            LogTest(_logger, _context.Query, _window.Name, channel.Name, text);
            _status.Change(s => s with { EventsOut = s.EventsOut + 1 });
        }
        else if (_waiting.Reader.Count >= WaitingMax || !_waiting.Writer.TryWrite(message))
        {
            LogDropped(_logger, _context.Path, channel.Name, WaitingMax);
        }
    }

    private async Task SendAsync(SmtpClient client, NotificationMessage message, CancellationToken stop)
    {
        var channel = _window.Channels[message.Channel];
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var mail = NotificationMail.Of(channel, message);
                await ConnectAsync(client).ConfigureAwait(false);
                await client.SendAsync(mail).ConfigureAwait(false);
                _status.Change(s => s with { EventsOut = s.EventsOut + 1, Reason = null });
                return;
            }
            catch (Exception failure) when (failure is IOException or SocketException or ProtocolException or CommandException
                or ServiceNotConnectedException or ParseException or TimeoutException or OperationCanceledException
                or MailKit.Security.SslHandshakeException or MailKit.Security.AuthenticationException)
            {
                await DisconnectAsync(client).ConfigureAwait(false);
                var isFinal = attempt == Attempts || stop.IsCancellationRequested || failure is ParseException;
                LogNotSent(_logger, _context.Path, channel.Name, attempt, failure.Message);
                _status.Change(s => s with { Reason = $"Channel '{channel.Name}': {failure.Message}" });
                if (isFinal)
                {
                    return;
                }
            }

            await WaitAsync(stop).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(RetryAfter, _context.Time, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The project ends: the next attempt is the last.
        }
    }

    private async Task ConnectAsync(SmtpClient client)
    {
        if (client.IsConnected)
        {
            return;
        }

        var smtp = _window.Smtp!;
        using var limit = new CancellationTokenSource(Limit, _context.Time);
        await client.ConnectAsync(
            smtp.Host, smtp.Port ?? (smtp.User.Length > 0 ? 587 : 25), MailKit.Security.SecureSocketOptions.Auto, limit.Token).ConfigureAwait(false);
        if (smtp.User.Length > 0)
        {
            await client.AuthenticateAsync(smtp.User, smtp.Password, limit.Token).ConfigureAwait(false);
        }
    }

    private static async Task DisconnectAsync(SmtpClient client)
    {
        if (client.IsConnected)
        {
            await client.DisconnectAsync(quit: true).ConfigureAwait(false);
        }
    }

    private static string TextOf(NotificationChannelDefinition channel, NotificationMessage message)
    {
        var to = channel.Kind == NotificationChannelKind.Email ? message.Recipients : $"{message.Phone}@{message.Gateway}";
        var contents = channel.Contents.Zip(message.Contents)
            .Select(c => c.First.Kind == NotificationContentKind.Image ? $"(image of {c.Second.Length} characters)" : c.Second);
        return $"from {message.Sender} to {to}, subject: {message.Subject}\n{string.Join('\n', contents)}";
    }

    [LoggerMessage(EventId = 7801, Level = LogLevel.Information,
        Message = "{Query}/{Window}: message of channel '{Channel}', not sent (test): {Text}")]
    private static partial void LogTest(ILogger logger, string query, string window, string channel, string text);

    [LoggerMessage(EventId = 7802, Level = LogLevel.Error,
        Message = "{Path}: a message of channel '{Channel}' is dropped, {Waiting} wait already")]
    private static partial void LogDropped(ILogger logger, string path, string channel, int waiting);

    [LoggerMessage(EventId = 7803, Level = LogLevel.Error,
        Message = "{Path}: attempt {Attempt} to send a message of channel '{Channel}' failed: {Reason}")]
    private static partial void LogNotSent(ILogger logger, string path, string channel, int attempt, string reason);
}
