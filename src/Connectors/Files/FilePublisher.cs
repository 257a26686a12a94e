using System.Net.Sockets;
using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Files;

/// <summary>
/// Connector class fs, type pub: puts the events of a csv, xml or json file into a source window. A growing file is looked at each
/// <see cref="GrowthLook"/>: a look costs a microsecond, and unlike inotify it works on every file system. A thread of its
/// own reads, since files can't be read asynchronously in earnest. Instead of a file, events may come over a connection.
/// </summary>
internal sealed class FilePublisher : IConnector
{
    /// <summary>Time between two looks at the end of a growing file.</summary>
    public static readonly TimeSpan GrowthLook = TimeSpan.FromMilliseconds(10);

    /// <summary>Events that may be read before the first is published (property prebuffer).</summary>
    public const int PrebufferMax = 10_000_000;

    private readonly ConnectorContext _context;
    private readonly FilePublisherOptions _options;
    private readonly StatusHolder _status;
    private readonly ILogger _logger;
    private long _events;

    public FilePublisher(ConnectorContext context)
    {
        _context = context;
        _options = FilePublisherOptions.Parse(
            new PropertyReader(context.Definition.Properties, context.Path, context.Definition.Position, []),
            context.Substitutions,
            blockSize: 1);
        _logger = context.Loggers.CreateLogger<FilePublisher>();
        _status = new StatusHolder(context, _logger);
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public bool IsEndless => _options.IsEndless;

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken stop)
    {
        _status.Running();
        return Task.Factory.StartNew(
            () => Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Run(CancellationToken stop)
    {
        try
        {
            string? error = null;
            for (var pass = 0; pass <= _options.RepeatCount && error is null && !IsDone(stop); pass++)
            {
                error = SocketPlace.Is(_options.Path) ? RunSocket(stop) : RunPass(stop);
            }

            if (error is not null)
            {
                _status.Failed(error);
                return;
            }

            _status.Change(s => s with { State = stop.IsCancellationRequested ? ConnectorState.Stopped : ConnectorState.Finished });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _status.Change(s => s with { State = ConnectorState.Stopped });
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _status.Failed(unreadable.Message);
        }
    }

    /// <summary>
    /// Reads what a peer sends until it closes the connection. A listener takes one peer after the other, and has no end of its own.
    /// </summary>
    private string? RunSocket(CancellationToken stop)
    {
        using var socket = EventSocket.Open(_options.Path);
        using var closing = stop.Register(socket.Dispose);
        try
        {
            do
            {
                _status.Change(s => s with { Reason = socket.IsListener ? $"Listens on {socket.Place}." : null });
                using var connection = socket.Connect();
                using var closingConnection = stop.Register(connection.Dispose);
                if (ReadConnection(connection, socket.Place, stop) is { } error)
                {
                    return error;
                }
            }
            while (socket.IsListener && !IsDone(stop));
        }
        catch (Exception closed) when (stop.IsCancellationRequested && closed is IOException or SocketException or ObjectDisposedException)
        {
            return null;
        }
        catch (SocketException refused)
        {
            return $"{socket.Place}: {refused.Message}";
        }

        return null;
    }

    /// <summary>What came whole is published before a read waits for the peer.</summary>
    private string? ReadConnection(Socket connection, string place, CancellationToken stop)
    {
        var pace = new Pace(_options.Rate, _context.Time);
        var target = new BlockTarget(_context.Feed.Rent(_context.WindowId, _context.Schema), Room());
        IEventFile? reader = null;
        using var stream = new ConnectionStream(connection, GiveWhatIsWhole);
        using (reader = IEventFile.Over(stream, place, _options, _context.Schema, _context.AutogenKey, _logger, _context.Time))
        {
            while (true)
            {
                var error = reader.Fill(target);
                Give();
                if (error is not null || reader.IsAtEnd || IsDone(stop))
                {
                    Publish(target.Block, stop); // Without events: gives it back.
                    return error;
                }
            }
        }

        void GiveWhatIsWhole()
        {
            if (target is { HasOpenTransaction: false, Block.Count: > 0 })
            {
                Give();
            }
        }

        void Give()
        {
            var count = target.Block.Count;
            Publish(target.Block, stop);
            Report(reader!);
            pace.Wait(count, stop);
            target.GoTo(_context.Feed.Rent(_context.WindowId, _context.Schema), Room());
        }
    }

    /// <summary>One pass over the file; gives what ended it, or null for its end.</summary>
    private string? RunPass(CancellationToken stop)
    {
        var watch = new FileWatch(_options.Path, _options.Growing, _context.Time);
        if (!watch.WaitUntilThere(waiting => _status.Change(s => s with { Reason = waiting }), stop))
        {
            return null;
        }

        if (_options.Prebuffer)
        {
            return RunBuffered(stop);
        }

        var pace = new Pace(_options.Rate, _context.Time);
        while (true)
        {
            using var reader = IEventFile.Open(_options, _context.Schema, _context.AutogenKey, _logger, _context.Time);
            while (!IsDone(stop))
            {
                var block = _context.Feed.Rent(_context.WindowId, _context.Schema);
                var error = reader.Fill(new BlockTarget(block, Room()));
                var atEnd = reader.IsAtEnd;
                var count = block.Count;
                Publish(block, stop);
                Report(reader);
                if (error is not null)
                {
                    return error;
                }

                pace.Wait(count, stop);
                if (atEnd && !_options.Growing)
                {
                    return null;
                }

                if (atEnd && watch.WasReplaced(reader.Offset) is { } replaced)
                {
                    if (!_options.RestartWhenReplaced)
                    {
                        return replaced + " Set onreplaced=restart to go on with the new file from its top.";
                    }

                    break;
                }

                if (atEnd && count == 0)
                {
                    stop.WaitHandle.WaitOne(GrowthLook);
                }
            }

            if (IsDone(stop))
            {
                return null;
            }
        }
    }

    /// <summary>Reads the whole file before it publishes any of it: what can't be read publishes nothing.</summary>
    private string? RunBuffered(CancellationToken stop)
    {
        List<EventBlock> blocks = [];
        using var reader = IEventFile.Open(_options, _context.Schema, _context.AutogenKey, _logger, _context.Time);
        for (long read = 0; !reader.IsAtEnd && (_options.MaxEvents == 0 || _events + read < _options.MaxEvents); read += blocks[^1].Count)
        {
            stop.ThrowIfCancellationRequested();
            blocks.Add(_context.Feed.Rent(_context.WindowId, _context.Schema));
            var error = reader.Fill(new BlockTarget(blocks[^1], Room(read)));
            if (read + blocks[^1].Count > PrebufferMax)
            {
                error ??= $"{_options.Path}: with prebuffer=true a file has {PrebufferMax} events at most; leave it out.";
            }

            if (error is not null)
            {
                blocks.ForEach(b => _context.Feed.GiveBack(new BlockFeed.Item(_context.WindowId, b)));
                return error;
            }
        }

        var pace = new Pace(_options.Rate, _context.Time);
        foreach (var block in blocks)
        {
            var count = block.Count;
            Publish(block, stop);
            Report(reader);
            pace.Wait(count, stop);
        }

        return null;
    }

    private void Publish(EventBlock block, CancellationToken stop)
    {
        block.IsTransactional = _options.Transactional;
        _events += block.Count;
        _context.Feed.Publish(_context.WindowId, block, stop);
    }

    private void Report(IEventFile reader)
    {
        var (events, offset, behind, dropped) = (_events, reader.Offset, reader.Behind, reader.Dropped);
        _status.Change(s => s with
        {
            EventsIn = events,
            EventsOut = events,
            Position = offset,
            Behind = behind,
            Dropped = dropped,
            Reason = null,
        });
    }

    private bool IsDone(CancellationToken stop) =>
        stop.IsCancellationRequested || (_options.MaxEvents > 0 && _events >= _options.MaxEvents);

    private int Room(long read = 0) => _options.MaxEvents > 0
        ? (int)Math.Min(_options.BlockSize, _options.MaxEvents - _events - read)
        : _options.BlockSize;
}
