using Microsoft.Extensions.Logging;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>A member's log lines in a file, for when a run goes wrong.</summary>
internal sealed class LineLog(string path) : ILoggerFactory, ILogger
{
    private readonly TextWriter _file = TextWriter.Synchronized(new StreamWriter(path) { AutoFlush = true });

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _file.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {logLevel} {formatter(state, exception)} {exception}");
        }
    }

    public void Dispose() => _file.Dispose();
}
