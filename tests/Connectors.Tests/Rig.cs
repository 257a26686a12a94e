using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests;

/// <summary>What a connector under test is built from, and the rows that reach the engine's side.</summary>
internal sealed class Rig : IDisposable
{
    public static readonly Schema Schema = new(
        [new Field("id", FieldType.Int64, IsKey: true), new Field("name", FieldType.String)]);

    public static readonly ProjectDefinition Model = new(
        "p", null, 1, TimeSpan.FromSeconds(1), false, ImmutableSortedDictionary<string, string>.Empty, [], [], []);

    public BlockFeed Feed { get; } = new();

    public static IConnector Create(
        BlockFeed feed, ConnectorDirection direction, bool isShared, params (string Name, string Value)[] properties) =>
        Create(feed, "fs", Schema, direction, isShared, properties);

    public static IConnector Create(
        BlockFeed feed, string @class, Schema schema, ConnectorDirection direction, bool isShared, params (string Name, string Value)[] properties)
    {
        var values = properties.ToImmutableSortedDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        return Create(feed, new ConnectorDefinition(@class, "c", direction, true, values, default), isShared, schema);
    }

    public static IConnector Create(
        BlockFeed feed, ConnectorDefinition definition, bool isShared = false, Schema? schema = null, TimeProvider? time = null,
        ILoggerFactory? loggers = null, ProjectDefinition? model = null) =>
        ConnectorCatalog.Create(ContextOf(feed, definition, isShared, schema, time, loggers, model));

    public static ConnectorContext ContextOf(
        BlockFeed feed, ConnectorDefinition definition, bool isShared = false, Schema? schema = null, TimeProvider? time = null,
        ILoggerFactory? loggers = null, ProjectDefinition? model = null) =>
        new()
        {
            Project = "p",
            Model = model ?? Model,
            Query = "q",
            Window = new SourceWindowDefinition { Name = "w" },
            WindowId = new WindowId(0, 0),
            Schema = schema ?? Schema,
            Definition = definition,
            Substitutions = Substitutions.None,
            Worker = new WorkerIdentity { Member = "m", Incarnation = "i" },
            Feed = feed,
            Time = time ?? TimeProvider.System,
            Loggers = loggers ?? NullLoggerFactory.Instance,
            IsShared = isShared,
        };

    public IConnector Publisher(params (string Name, string Value)[] properties) =>
        Create(Feed, ConnectorDirection.Publish, isShared: false, properties);

    public IConnector PublisherOf(string @class, params (string Name, string Value)[] properties) =>
        Create(Feed, @class, Schema, ConnectorDirection.Publish, isShared: false, properties);

    /// <summary>Takes what waits: each block as <c>I 1 a;I 2 b</c>.</summary>
    public List<string> Blocks()
    {
        List<string> blocks = [];
        while (Feed.TryTake(out var item))
        {
            blocks.Add(TextOf(item.Block));
            Feed.Return(item);
        }

        return blocks;
    }

    public static EventBlock Block(params (Opcode Opcode, EventFlags Flags, long Id, string Name)[] events)
    {
        var block = new EventBlock(Schema);
        foreach (var (opcode, flags, id, name) in events)
        {
            block.AppendObjects(opcode, flags, id, name);
        }

        return block;
    }

    public void Dispose() => Feed.Dispose();

    private static string TextOf(EventBlock block) => string.Join(';', Enumerable.Range(0, block.Count).Select(
        row => $"{block.Opcodes[row]} {block.Columns[0].GetObject(row)} {block.Columns[1].GetObject(row)}"));
}
