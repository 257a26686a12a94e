using System.Globalization;
using System.Threading.Channels;
using Lockstep.Contracts.Hubs;
using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Engine.Worker.Logging;

/// <summary>
/// Writes each log line as one line of text to standard output, and into a <see cref="LogBuffer"/>. A task of its own
/// writes, so that whoever logs never waits for a terminal or a pipe that nobody reads; when <see cref="QueueLimit"/> lines
/// wait, the oldest go.
/// <code>2026-11-25T17:20:01.123Z info Lockstep.Connectors dfESPconnector::setState(): Connector a has new state: running</code>
/// </summary>
internal sealed class LineLoggerProvider : ILoggerProvider
{
    /// <summary>Lines that may wait for standard output.</summary>
    public const int QueueLimit = 4096;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    private readonly Channel<string> _queue = Channel.CreateBounded<string>(
        new BoundedChannelOptions(QueueLimit) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly LogBuffer _buffer;
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly SecretValues _secrets;
    private readonly Task _writing;

    /// <summary>Starts the writing task; secrets of the model are hidden in every line.</summary>
    public LineLoggerProvider(LogBuffer buffer, TextWriter output, TimeProvider time, SecretValues secrets)
    {
        _buffer = buffer;
        _output = output;
        _time = time;
        _secrets = secrets;
        _writing = Task.Run(WriteAllAsync);
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    /// <summary>Writes what waits, for a second at most.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        ((IAsyncResult)_writing).AsyncWaitHandle.WaitOne(EndLimit);
    }

    private void Take(LogLevel level, string category, string message, Exception? exception)
    {
        var text = exception is null ? message : $"{message}: {exception}";
        // One line stays one line: whatever reads logs by lines must not take a stack trace for several.
        text = _secrets.HideIn(text).ReplaceLineEndings(" | ");
        var line = new WorkerLogLine(_time.GetUtcNow(), level.ToString(), category, text);
        _buffer.Add(line);
        _queue.Writer.TryWrite(string.Create(
            CultureInfo.InvariantCulture, $"{line.At:yyyy-MM-ddTHH:mm:ss.fffZ} {ShortOf(level)} {category} {text}"));
    }

    private async Task WriteAllAsync()
    {
        var reader = _queue.Reader;
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out var line))
            {
                await _output.WriteLineAsync(line);
            }

            await _output.FlushAsync();
        }
    }

    private static string ShortOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };

    private sealed class LineLogger(LineLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner.Take(logLevel, category, formatter(state, exception), exception);
    }
}
