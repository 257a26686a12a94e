using System.Buffers;
using System.Globalization;
using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Files;

/// <summary>
/// Connector class fs, type sub: writes what a window puts out to a csv, xml or json file, begun anew at each start. Text gathers
/// on the engine's thread and goes to the file when there are <see cref="BufferBytes"/> or the engine has nothing to do, or, unbuffered, after each block.
/// In a failover group the file is opened at the first block, which only an active gets, and goes on where it ends.
/// Files may follow each other by time or size; each then has the time of its beginning (UTC) behind its name.
/// </summary>
internal sealed class FileSubscriber : ISubscriber
{
    /// <summary>Bytes of lines that may gather.</summary>
    public const int BufferBytes = 64 * 1024;

    private readonly FileSubscriberOptions _options;
    private readonly EventLines _lines;
    private readonly StatusHolder _status;
    private readonly ArrayBufferWriter<byte> _buffer = new(BufferBytes);
    private readonly Lock _lock = new();
    private readonly bool _isShared;
    private readonly TimeProvider _time;
    private FileStream? _file;
    private long _begun;
    private long _bytes;
    private bool _runs;
    private long _events;

    public FileSubscriber(ConnectorContext context, FileSubscriberOptions options)
    {
        _options = options;
        _isShared = context.IsShared;
        _time = context.Time;
        _lines = new EventLines(_options, context.Schema, isFragment: _isShared);
        _status = new StatusHolder(context, context.Loggers.CreateLogger<FileSubscriber>());
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => _status.Now;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        lock (_lock)
        {
            _runs = true;
            if (_isShared)
            {
                _status.Running();
            }
            else
            {
                Open();
            }
        }

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (stop.Register(() => stopped.TrySetResult()))
        {
            await stopped.Task.ConfigureAwait(false);
        }

        Close();
    }

    /// <inheritdoc/>
    public void Take(EventBlock block)
    {
        lock (_lock)
        {
            if (_file is null && _runs && _isShared)
            {
                Open();
            }

            if (_file is null)
            {
                return;
            }

            if (IsFull())
            {
                CloseFile();
                Open();
            }

            if (_file is null)
            {
                return;
            }

            _events += _lines.Write(block, _buffer);
            if (_buffer.WrittenCount >= (_options.Unbuffered ? 1 : BufferBytes))
            {
                WriteOut();
            }
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        lock (_lock)
        {
            if (_buffer.WrittenCount > 0)
            {
                WriteOut();
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private void Open()
    {
        try
        {
            // No buffer of the stream's own: what is written is in the file, for whoever reads it while it grows.
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_options.Path)) ?? "/");
            var mode = _options.IsRolling ? FileMode.CreateNew : _isShared ? FileMode.Append : FileMode.Create;
            _file = new FileStream(NameOfFile(), mode, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
            (_begun, _bytes) = (_time.GetTimestamp(), 0);
            if (_file.Length == 0)
            {
                _lines.WriteHeader(_buffer);
                WriteOut();
            }

            if (_file is not null)
            {
                _status.Running();
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _runs = false;
            _status.Failed(refused.Message);
        }
    }

    private bool IsFull() =>
        (_options.MaxFileSize > 0 && _bytes + _buffer.WrittenCount >= _options.MaxFileSize)
        || (_options.Period > TimeSpan.Zero && _time.GetElapsedTime(_begun) >= _options.Period);

    private string NameOfFile()
    {
        if (!_options.IsRolling)
        {
            return _options.Path;
        }

        // Two files may begin in the same second.
        var stamped = string.Create(CultureInfo.InvariantCulture, $"{_options.Path}.{_time.GetUtcNow():yyyyMMdd'T'HHmmss}");
        var name = stamped;
        for (var number = 1; File.Exists(name); number++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{stamped}-{number}");
        }

        return name;
    }

    private void CloseFile()
    {
        _lines.WriteEnd(_buffer);
        WriteOut();
        _file?.Dispose();
        _file = null;
    }

    private void WriteOut()
    {
        try
        {
            _file?.Write(_buffer.WrittenSpan);
            _bytes += _buffer.WrittenCount;
            var events = _events;
            _status.Change(s => s with { EventsIn = events, EventsOut = events });
        }
        catch (IOException full)
        {
            // A full disk must not stop the engine; the subscriber ends and says so.
            _file?.Dispose();
            _file = null;
            _runs = false;
            _status.Failed(full.Message);
        }

        _buffer.ResetWrittenCount();
    }

    private void Close()
    {
        lock (_lock)
        {
            if (_file is not null)
            {
                CloseFile();
            }

            _runs = false;
            _status.Change(s => s.State == ConnectorState.Running ? s with { State = ConnectorState.Stopped } : s);
        }
    }
}
