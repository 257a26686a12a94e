using System.Collections.Immutable;
using System.Security.Cryptography;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Web;

/// <summary>
/// What url and websocket publishers share: texts become blocks by the functions of the configuration, and go into the window.
/// Random values differ from run to run: what they decide is settled once events are published.
/// </summary>
internal abstract partial class ContentPublisher : IConnector
{
    /// <summary>Bytes a text may have.</summary>
    public const int ContentBytesMax = 16 * 1024 * 1024;

    private const int LoggedMost = 100;

    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private long _sequence;
    private long _events;
    private long _logged;
    private long _lastTime;

    protected ContentPublisher(ConnectorContext context, ILogger logger, bool isSocket)
    {
        Context = context;
        Logger = logger;
        Holder = new StatusHolder(context, logger);
        List<Problem> problems = [];
        Options = WebOptions.Parse(
            new PropertyReader(context.Definition.Properties, context.Path, context.Definition.Position, problems),
            context.Path, context.Substitutions, problems, isSocket);
        List<(UrlPublisherDefinition, ContentReader)> readers = [];
        foreach (var publisher in Options.Config?.Publishers ?? [])
        {
            if (ContentReader.Create(publisher, context.Schema, out var found) is { } reader)
            {
                readers.Add((publisher, reader));
            }

            problems.AddRange(found);
        }

        Readers = [.. readers];
        Wrong = problems.Find(p => p.Severity == ProblemSeverity.Error)?.Message;
    }

    /// <inheritdoc/>
    public ConnectorStatus Status => Holder.Now;

    /// <inheritdoc/>
    public bool IsEndless => Options.IsEndless;

    protected ConnectorContext Context { get; }

    protected ILogger Logger { get; }

    protected StatusHolder Holder { get; }

    protected WebOptions Options { get; }

    protected ImmutableArray<(UrlPublisherDefinition Publisher, ContentReader Reader)> Readers { get; }

    /// <summary>True when as many events as asked for have been published.</summary>
    protected bool IsDone => Options.MaxEvents > 0 && _events >= Options.MaxEvents;

    private string? Wrong { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stop)
    {
        if (Wrong is not null)
        {
            Holder.Failed(Wrong);
            return;
        }

        Holder.Running();
        try
        {
            // Publishing waits while the engine is busy.
            await Task.Run(() => PublishAsync(stop), CancellationToken.None).ConfigureAwait(false);
            Holder.Change(s => s with { State = stop.IsCancellationRequested ? ConnectorState.Stopped : ConnectorState.Finished });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Holder.Change(s => s with { State = ConnectorState.Stopped });
        }
    }

    /// <summary>Publishes until it is done or told to stop.</summary>
    protected abstract Task PublishAsync(CancellationToken stop);

    /// <summary>The time of now, and a number of its own.</summary>
    protected StepTime Step()
    {
        _lastTime = Math.Max(_lastTime, Context.Time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        return new StepTime(_lastTime, _seed, ++_sequence);
    }

    /// <summary>Publishes the events of a text.</summary>
    protected void Publish(ContentReader reader, string content, CancellationToken stop)
    {
        var all = new EventBlock(Context.Schema);
        reader.Read(content, Step(), all, Drop);
        var size = Options.BlockSize > 0 ? Options.BlockSize : int.MaxValue;
        for (var from = 0; from < all.Count && !IsDone; from += size)
        {
            var left = Options.MaxEvents > 0 ? Options.MaxEvents - _events : long.MaxValue;
            var count = (int)Math.Min(Math.Min(size, all.Count - from), left);
            var block = Context.Feed.Rent(Context.WindowId, Context.Schema);
            for (var row = from; row < from + count; row++)
            {
                var opcode = Options.Upsert && all.Opcodes[row] == Opcode.Insert ? Opcode.Upsert : all.Opcodes[row];
                block.AppendFrom(all, row, opcode, all.Flags[row]);
            }

            block.IsTransactional = Options.Transactional;
            _events += count;
            Context.Feed.Publish(Context.WindowId, block, stop);
        }

        var events = _events;
        Holder.Change(s => s with { EventsIn = events, EventsOut = events, Reason = null });
    }

    /// <summary>Says what is wrong for the time being; it is tried again.</summary>
    protected void Trouble(string reason)
    {
        if (Status.Reason != reason)
        {
            LogTrouble(Logger, Context.Path, reason);
        }

        Holder.Change(s => s with { Reason = reason });
    }

    private void Drop(string reason)
    {
        Holder.Change(s => s with { Dropped = s.Dropped + 1 });
        if (++_logged <= LoggedMost)
        {
            LogDropped(Logger, Context.Path, reason);
        }
    }

    [LoggerMessage(EventId = 5020, Level = LogLevel.Warning, Message = "{Path}: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 5021, Level = LogLevel.Error, Message = "{Path}: event dropped: {Reason}")]
    private static partial void LogDropped(ILogger logger, string path, string reason);
}
