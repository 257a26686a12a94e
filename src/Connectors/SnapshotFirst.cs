using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Connectors;

/// <summary>
/// A subscriber with snapshot=true in a connector group that waits: it starts when its window may have rows, and is given those as inserts
/// before the first change. What left the window until then is kept as rows here, and let go once they are given. A subscriber that
/// starts with the project needs none of this: no window has a row then.
/// </summary>
internal sealed class SnapshotFirst : ISubscriber
{
    private readonly ISubscriber _inner;
    private OutputRows? _rows;
    private volatile bool _runs;

    private SnapshotFirst(ISubscriber inner, OutputRows rows) => (_inner, _rows) = (inner, rows);

    /// <inheritdoc/>
    public ConnectorStatus Status => _inner.Status;

    /// <inheritdoc/>
    public Task Begun => _inner.Begun;

    /// <summary>The subscriber of a context, with its window's rows first where the model asks for them.</summary>
    /// <param name="inner">The subscriber.</param>
    /// <param name="context">What it was built from.</param>
    public static IConnector Over(IConnector inner, ConnectorContext context) =>
        inner is ISubscriber subscriber and not IFollower && !context.IsShared
            && IsWanted(new PropertyReader(context.Definition.Properties, context.Path, context.Definition.Position, []))
            && IsLate(context.Model, $"{context.Query}/{context.Window.Name}/{context.Definition.Name}")
            && context.Window.SnapshotIndex is not IndexKind.Empty && !context.Schema.KeyIndexes.IsEmpty
            ? new SnapshotFirst(subscriber, new OutputRows(context.Schema, context.Window.SnapshotIndex))
            : inner;

    /// <summary>Checks the property of a subscriber of a model, and warns where nothing can come of it.</summary>
    /// <param name="check">The subscriber.</param>
    public static void Check(ConnectorCheck check)
    {
        if (!IsWanted(check.Read()) || !IsLate(check.Project, $"{check.Query.Name}/{check.Window.Name}/{check.Connector.Name}"))
        {
            return;
        }

        if (check.IsHot)
        {
            check.Warn(ProblemCode.NoSnapshot, "Property 'snapshot' is true and the connector group waits for another, but with hotfailover "
                + "no rows are sent first: members share what subscribers write and go on where it ends. Let it start with the project.");
        }
        else if (check.Window.SnapshotIndex == IndexKind.Empty || check.Window.Schema is { KeyIndexes.IsEmpty: true })
        {
            check.Warn(ProblemCode.NoSnapshot, $"Property 'snapshot' is true, but window '{check.Window.Name}' keeps no rows: "
                + "only what leaves it from the connector's start on is sent. Give it an index or a pubsub-index.");
        }
    }

    /// <inheritdoc/>
    public Task RunAsync(CancellationToken stop)
    {
        var run = _inner.RunAsync(stop);
        _runs = true;
        return run;
    }

    /// <inheritdoc/>
    public void Take(EventBlock block)
    {
        if (_rows is not null && !_runs)
        {
            _rows.Apply(block);
            return;
        }

        GiveRows();
        _inner.Take(block);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (_runs)
        {
            GiveRows();
        }

        _inner.Flush();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    /// <summary>On the engine's thread, between two blocks: the rows are those of this very moment.</summary>
    private void GiveRows()
    {
        foreach (var block in _rows?.Inserts() ?? [])
        {
            _inner.Take(block);
        }

        _rows = null;
    }

    private static bool IsWanted(PropertyReader properties) => properties.Flag("snapshot");

    private static bool IsLate(ProjectDefinition project, string path) => project.ConnectorGroups.Any(g =>
        g.Entries.Any(e => e.Connector == path) && project.ConnectorGroupEdges.Any(e => e.Target == g.Name));
}
