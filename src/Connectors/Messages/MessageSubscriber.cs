using System.Threading.Channels;
using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Messages;

/// <summary>
/// Subscribers that send messages to a broker or a peer, in order and each until it has it: after a break a message may come twice.
/// They wait in memory while the other side is away. In a failover group it gets what the active member has committed: a member that dies
/// loses what waits in its memory.
/// </summary>
internal sealed partial class MessageSubscriber : ISubscriber
{
    /// <summary>Messages that may wait for the other side; one more, and the subscriber fails.</summary>
    public const int WaitingMax = 100_000;

    /// <summary>How long messages are still sent when the project stops.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly ConnectorContext _context;
    private readonly IMessageTarget _target;
    private readonly Func<EventBlock, IEnumerable<MessageWriter.Message>> _write;
    private readonly ILogger _logger;
    private readonly StatusHolder _status;
    private readonly Channel<MessageWriter.Message> _waiting = Channel.CreateUnbounded<MessageWriter.Message>();
    private readonly CancellationTokenSource _full = new();
    private long _events;

    public MessageSubscriber(ConnectorContext context, MessageOptions options, IMessageTarget target)
        : this(context, new MessageWriter(context.Schema, options).Write, target)
    {
    }

    public MessageSubscriber(ConnectorContext context, Func<EventBlock, IEnumerable<MessageWriter.Message>> write, IMessageTarget target)
    {
        _context = context;
        _target = target;
        _write = write;
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

        foreach (var message in _write(block))
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
                ? "The other side takes less than comes" : "The project stops and the other side did not take the rest";
            _status.Failed($"{why}: {_waiting.Reader.Count} messages are lost. {_status.Now.Reason}".TrimEnd());
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _full.Dispose();
        (_target as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(CancellationToken stop)
    {
        var retry = new RetryWait(_context.Time);
        while (true)
        {
            try
            {
                if (await ConnectAsync(stop).ConfigureAwait(false) is not { } sender)
                {
                    return;
                }

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

    /// <summary>Waits for a connection as long as something waits or may come; null: the project stops and nothing does.</summary>
    private async Task<IMessageSender?> ConnectAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var connecting = _target.ConnectAsync(over.Token);
        if (await Task.WhenAny(connecting, _waiting.Reader.Completion).ConfigureAwait(false) != connecting)
        {
            await over.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            return await connecting.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return null;
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
