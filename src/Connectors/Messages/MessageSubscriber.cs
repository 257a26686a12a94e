using System.Threading.Channels;
using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Messages;

/// <summary>
/// Subscribers that send messages to a broker, in order and each until the broker has it: after a break a message may come twice.
/// They wait in memory while the broker is away. In a failover group it gets what the active member has committed: a member that dies
/// loses what waits in its memory.
/// </summary>
internal sealed partial class MessageSubscriber : ISubscriber
{
    /// <summary>Messages that may wait for the broker; one more, and the subscriber fails.</summary>
    public const int WaitingMax = 100_000;

    /// <summary>How long messages are still sent when the project stops.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly ConnectorContext _context;
    private readonly IMessageBroker _broker;
    private readonly MessageWriter _writer;
    private readonly ILogger _logger;
    private readonly StatusHolder _status;
    private readonly Channel<MessageWriter.Message> _waiting = Channel.CreateUnbounded<MessageWriter.Message>();
    private readonly CancellationTokenSource _full = new();
    private long _events;

    public MessageSubscriber(ConnectorContext context, MessageOptions options, IMessageBroker broker)
    {
        _context = context;
        _broker = broker;
        _writer = new MessageWriter(context.Schema, options);
        _logger = context.Loggers.CreateLogger<MessageSubscriber>();
        _status = new StatusHolder(context, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public void Take(EventBlock block)
    {
        if (_status.Now.State != ConnectorState.Running)
        {
            return;
        }

        foreach (var message in _writer.Write(block))
        {
            if (_waiting.Reader.Count >= WaitingMax)
            {
                _full.Cancel();
                return;
            }

            _waiting.Writer.TryWrite(message);
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        // Messages are on their way.
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        _status.Running();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_full.Token);
        using var stopping = stop.Register(() =>
        {
            _waiting.Writer.TryComplete();
            limit.CancelAfter(StopLimit);
        });
        try
        {
            await Task.Run(() => SendAsync(limit.Token), CancellationToken.None).ConfigureAwait(false);
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (BrokerException refused)
        {
            _status.Failed(refused.Message);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            var why = _full.IsCancellationRequested
                ? "The broker takes less than comes" : "The project stops and the broker did not take the rest";
            _status.Failed($"{why}: {_waiting.Reader.Count} messages are lost. {_status.Now.Reason}".TrimEnd());
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _full.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(CancellationToken stop)
    {
        var retry = new RetryWait(_context.Time);
        while (true)
        {
            try
            {
                var sender = await _broker.ConnectAsync(stop).ConfigureAwait(false);
                await using var end = sender.ConfigureAwait(false);
                retry.Reset();
                _status.Change(s => s with { Reason = null, IsConnected = true });
                while (await _waiting.Reader.WaitToReadAsync(stop).ConfigureAwait(false))
                {
                    await SendWaitingAsync(sender, stop).ConfigureAwait(false);
                }

                return;
            }
            catch (BrokerException away) when (!away.IsFatal)
            {
                if (_status.Away(away.Message))
                {
                    LogTrouble(_logger, _context.Path, away.Message);
                }
            }

            if (_waiting.Reader.Completion.IsCompleted)
            {
                return; // Nothing waits and nothing comes.
            }

            await retry.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    private async Task SendWaitingAsync(IMessageSender sender, CancellationToken stop)
    {
        while (_waiting.Reader.TryPeek(out var message))
        {
            await sender.SendAsync(message.Payload, stop).ConfigureAwait(false);
            _waiting.Reader.TryRead(out _);
            var events = _events += message.Events;
            var behind = _waiting.Reader.Count;
            _status.Change(s => s with { EventsIn = events + behind, EventsOut = events, Behind = behind });
        }
    }

    [LoggerMessage(EventId = 5032, Level = LogLevel.Warning, Message = "{Path}: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string path, string reason);
}
