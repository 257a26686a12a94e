using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Scripts;
using Lockstep.Engine.Windows.Source;

namespace Lockstep.Engine.Execution;

/// <summary>All continuous queries of a project, and where each window stands in them.</summary>
internal sealed class ProjectPlan
{
    private readonly QueryPlan[] _queries;
    private readonly Dictionary<WindowId, int> _places = [];
    private readonly Dictionary<string, WindowId> _names = new(StringComparer.Ordinal);
    private bool _isOpen;

    public ProjectPlan(IEnumerable<QueryPlan> queries, ScriptBoard scripts)
    {
        Scripts = scripts;
        _queries = [.. queries];
        foreach (var query in _queries)
        {
            for (var i = 0; i < query.Windows.Length; i++)
            {
                _places[query.Windows[i].Id] = i;
                _names[query.Windows[i].Window.Name] = query.Windows[i].Id;
            }
        }

        Ids = [.. _places.Keys.OrderBy(id => id.Query).ThenBy(id => id.Window)];
        Windows = [.. Ids.Select(id => _queries[id.Query].Windows[_places[id]])];
    }

    /// <summary>All windows in the order of the model.</summary>
    public ImmutableArray<WindowId> Ids { get; }

    /// <summary>What scripts share, and the snippets.</summary>
    public ScriptBoard Scripts { get; }

    /// <summary>The windows of <see cref="Ids"/>.</summary>
    public ImmutableArray<PlannedWindow> Windows { get; }

    public WindowId Find(string contQuery, string window) => Find($"{contQuery}/{window}");

    /// <summary>Finds a window by contquery/window.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message names those that exist.</exception>
    public WindowId Find(string name) => _names.TryGetValue(name, out var id) ? id : throw new KeyNotFoundException(
        $"There is no window '{name}'. There are: {string.Join(", ", Windows.Select(w => w.Window.Name))}.");

    public WindowId? TryFind(string contQuery, string window) => _names.TryGetValue($"{contQuery}/{window}", out var id) ? id : null;

    public Window WindowOf(WindowId id)
    {
        var place = PlaceOf(id);
        return _queries[id.Query].Windows[place].Window;
    }

    public void Publish(WindowId source, EventBlock block, IWindowOutput output, StepScope step)
    {
        var place = PlaceOf(source);
        var window = _queries[source.Query].Windows[place].Window;
        if (window is not SourceWindow)
        {
            throw new ArgumentException($"'{window.Name}' is not a source window.", nameof(source));
        }

        if (!ReferenceEquals(block.Schema, window.Schema) && block.Schema.Id != window.Schema.Id)
        {
            throw new ArgumentException(
                $"A block of schema '{block.Schema}' does not fit '{window.Name}', which takes '{window.Schema}'.",
                nameof(block));
        }

        if (block.Count > 0)
        {
            block.Validate();
            Open(output, step);
            Begin(output, step);
            _queries[source.Query].Publish(place, block, output, step);
            Settle(output, step);
        }
    }

    // A snippet may see how many blocks there were.
    public bool MapsInserts(WindowId source) => Scripts.Snippets.IsEmpty && _queries[source.Query].MapsInserts(PlaceOf(source));

    public bool MapsRows(WindowId source, EventBlock block)
    {
        var place = PlaceOf(source);
        var query = _queries[source.Query];
        return MapsInserts(source) && query.Windows[place].Window is SourceWindow window && window.TakesAll(block);
    }

    public void Tick(IWindowOutput output, StepScope step)
    {
        Open(output, step);
        Begin(output, step);
        foreach (var query in _queries)
        {
            if (query.NextExpiry(step) <= step.Now)
            {
                query.Tick(output, step);
            }
        }

        Settle(output, step);
        foreach (var snippet in Scripts.Snippets)
        {
            snippet.Tick(step);
            Settle(output, step);
        }
    }

    /// <summary>The project ends by itself or is told to: scripts that run beside the windows are told.</summary>
    public void End(IWindowOutput output, StepScope step)
    {
        foreach (var snippet in Scripts.Snippets)
        {
            snippet.End(step);
            Settle(output, step);
        }
    }

    /// <summary>Lets go of all windows; the plan is not used again.</summary>
    public void Release()
    {
        foreach (var planned in Windows)
        {
            planned.Release();
        }

        foreach (var snippet in Scripts.Snippets)
        {
            snippet.Release();
        }
    }

    public long? NextExpiry(StepScope step)
    {
        long? next = null;
        foreach (var query in _queries)
        {
            if (query.NextExpiry(step) is { } due && !(due >= next))
            {
                next = due;
            }
        }

        foreach (var snippet in Scripts.Snippets)
        {
            if (snippet.NextExpiry(step) is { } due && !(due >= next))
            {
                next = due;
            }
        }

        return next;
    }

    public ulong Digest()
    {
        var hash = 0UL;
        foreach (var window in Windows)
        {
            hash = StateHash.Combine(hash, window.Digest());
        }

        return Scripts.Digest(hash);
    }

    private void Open(IWindowOutput output, StepScope step)
    {
        if (_isOpen)
        {
            return;
        }

        _isOpen = true;
        foreach (var query in _queries)
        {
            query.Open(output, step);
        }
    }

    private void Begin(IWindowOutput output, StepScope step)
    {
        Scripts.Begin(step);
        Settle(output, step);
    }

    // Calls of scripts that wait, then blocks that were forwarded, both in order; what comes of either in turn comes after them.
    private void Settle(IWindowOutput output, StepScope step)
    {
        // What the evaluation itself gave is bounded by its events; only what comes of it can be a circle.
        var given = Scripts.CallCount + step.ForwardCount;
        var most = given + Math.Max(StepScope.ForwardsMax, StepScope.ForwardsMaxOfEach * given);
        for (var count = 0; ; count++)
        {
            if (count == most)
            {
                step.DropForwards(most);
                return;
            }

            if (Scripts.CallNext(step))
            {
                continue;
            }

            if (!step.TryTakeForward(out var forward))
            {
                return;
            }

            if (forward.Block.Count > 0)
            {
                _queries[forward.Window.Query].Publish(PlaceOf(forward.Window), forward.Block, output, step);
            }
        }
    }

    private int PlaceOf(WindowId id) => _places.TryGetValue(id, out var place)
        ? place
        : throw new KeyNotFoundException($"The project has no window {id.Window} in a continuous query {id.Query}.");
}
