using System.Collections.Concurrent;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>A member that runs in this process, with its log lines and role changes.</summary>
internal sealed class TestMember : IAsyncDisposable
{
    private readonly LineLog _log = new();
    private Task<EngineMemberEnd>? _running;

    public TestMember(EngineMemberOptions options)
    {
        Options = options;
        Engine = options.NewEngine();
        Member = new EngineMember(options, TimeProvider.System, _log);
        Member.RoleChanged += change => Roles.Enqueue(change);
    }

    public EngineMemberOptions Options { get; }

    public EngineMember Member { get; }

    public ProjectEngine Engine { get; }

    public ConcurrentQueue<RoleChange> Roles { get; } = new();

    public IEnumerable<string> Lines => _log.Lines;

    public Task<EngineMemberEnd> Ended => _running!;

    public EngineMemberStatus Status => Member.Status;

    public TestMember Run()
    {
        _running = Member.RunAsync(CancellationToken.None);
        return this;
    }

    public async Task<TestMember> BecomesAsync(MemberRole role)
    {
        await Eventually.TrueAsync(
            () => Status.Role == role || _running!.IsFaulted, TimeSpan.FromSeconds(60), Describe);
        if (_running!.IsFaulted)
        {
            await _running;
        }

        return this;
    }

    public Task<EngineMemberEnd> EndsAsync() => Eventually.CompletesAsync(_running!, TimeSpan.FromSeconds(60));

    /// <summary>Path of its newest snapshot; null for none.</summary>
    public string? NewestSnapshot()
    {
        var folder = Path.Combine(Options.Folder, "snapshots");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.snap").Max() : null;
    }

    public string Describe() =>
        $"{Options.Member}: {Status}{Environment.NewLine}{string.Join(Environment.NewLine, _log.Lines.TakeLast(60))}";

    public async ValueTask DisposeAsync()
    {
        await Member.DisposeAsync();
        if (_running is not null)
        {
            await EndsAsync();
        }
    }

    private sealed class LineLog : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

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
                Lines.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {logLevel} {formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
