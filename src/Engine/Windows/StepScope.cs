using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.Windows.Source;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows;

/// <summary>What a window may know of the step it runs in. One an engine, reused from step to step.</summary>
internal sealed class StepScope
{
    /// <summary>Blocks forwarded and calls of scripts that may come of those of an evaluation; in a circle they would never end.</summary>
    public const int ForwardsMax = 10_000;

    /// <summary>As many may come of each that the evaluation itself gave, where that is more.</summary>
    public const int ForwardsMaxOfEach = 8;

    private readonly Queue<(WindowId Window, EventBlock Block)> _forwards = new();
    private IWindowOutput? _output;

    /// <summary>The step's time.</summary>
    public StepTime Time { get; private set; }

    /// <summary>
    /// Stream time of the first step ever: what the timers of jumping retentions count from; null before it.
    /// </summary>
    public long? StartedAt { get; set; }

    /// <summary>Now.</summary>
    public long Now => Time.StreamTime;

    /// <summary>Bad events since the project began.</summary>
    public long BadEvents { get; set; }

    /// <summary>The window that runs.</summary>
    public WindowId Current { get; set; }

    /// <summary>Begins a step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Stream time goes back.</exception>
    public void Begin(StepTime time)
    {
        if (StartedAt is not null && time.StreamTime < Now)
        {
            throw new ArgumentOutOfRangeException(
                nameof(time), time, $"Stream time goes back: the last step ran at {Now}.");
        }

        StartedAt ??= time.StreamTime;
        Time = time;
    }

    /// <summary>Sets the time of the last step, from a snapshot.</summary>
    public void Restore(StepTime time, long? startedAt, long badEvents)
    {
        Time = time;
        StartedAt = startedAt;
        BadEvents = badEvents;
    }

    /// <summary>Sets who is told of bad events of this evaluation.</summary>
    public void Attach(IWindowOutput output) => _output = output;

    /// <summary>Counts and reports a bad event of the current window.</summary>
    public void ReportBadEvent(string message)
    {
        BadEvents++;
        _output?.OnBadEvent(Current, message);
    }

    /// <summary>The windows of the project; set before anything runs.</summary>
    public ProjectPlan? Plan { get; set; }

    /// <summary>A window has put events out.</summary>
    public void Emitted(Window window, EventBlock events) => Plan?.Scripts.Emitted(window.Name, events);

    /// <summary>Gives a line of a script to the log.</summary>
    public void Log(string level, string message) => _output?.OnLog(Current, level, message);

    /// <summary>Takes events that a script publishes into a source window, for the end of this evaluation.</summary>
    /// <exception cref="ScriptException">There is no such window, or an event does not fit.</exception>
    public void Forward(string? query, string window, IReadOnlyList<Dictionary<string, object?>> events)
    {
        var (id, target) = SourceOf(query, window);
        var block = new EventBlock(target.Schema, Math.Max(events.Count, 1));
        foreach (var values in events)
        {
            target.AppendEvent(values, block);
        }

        _forwards.Enqueue((id, block));
    }

    /// <summary>Takes events of a window for a source window, by the names of their fields.</summary>
    public void Forward(ForwardingDefinition destination, EventBlock events)
    {
        var (id, target) = SourceOf(destination.Query, destination.Window);
        var size = destination.BlockSize > 0 ? destination.BlockSize : events.Count;
        for (var start = 0; start < events.Count; start += size)
        {
            var block = new EventBlock(target.Schema, size);
            for (var row = start; row < Math.Min(start + size, events.Count); row++)
            {
                target.AppendEvent(events, row, block);
            }

            _forwards.Enqueue((id, block));
        }
    }

    /// <summary>Blocks that were forwarded and not taken yet.</summary>
    public int ForwardCount => _forwards.Count;

    /// <summary>The next block that was forwarded.</summary>
    public bool TryTakeForward(out (WindowId Window, EventBlock Block) forward) => _forwards.TryDequeue(out forward);

    /// <summary>Drops what was forwarded and the calls of scripts that wait, and reports it.</summary>
    /// <param name="most">How many the evaluation might have.</param>
    public void DropForwards(int most)
    {
        var calls = Plan?.Scripts.DropCalls() ?? 0;
        ReportBadEvent(
            $"{_forwards.Count} forwarded blocks and {calls} calls of scripts are dropped: more than {most} came of one evaluation.");
        _forwards.Clear();
    }

    /// <summary>The rows of a window as maps, those unchanged longest first; null when it keeps none.</summary>
    public List<object?>? RowsOf(string? query, string window) => Plan?.TryFind(query ?? QueryOf(window), window) is { } id
        ? RowsOf(Plan.WindowOf(id)) : throw new ScriptException($"There is no window '{query ?? QueryOf(window)}/{window}'.");

    /// <summary>The query of the script that runs; one of a snippet is in none and means the first query that has such a window.</summary>
    private string QueryOf(string window) => Current.IsSnippet
        ? Plan!.Windows.Select(w => w.Window.Name.Split('/')).FirstOrDefault(n => n[1] == window)?[0] ?? ""
        : Plan!.WindowOf(Current).Name.Split('/')[0];

    private static List<object?>? RowsOf(Window window)
    {
        if (window.Kept is not { } kept || kept.Schema.Id != window.Schema.Id)
        {
            return null;
        }

        var block = new EventBlock(window.Schema, Math.Max(kept.Rows.Count, 1));
        foreach (var slot in kept.Rows.SlotsInOrder())
        {
            kept.Rows.AppendTo(slot, block, Opcode.Insert, EventFlags.None);
        }

        var fields = Enumerable.Range(0, window.Schema.Fields.Length).ToArray();
        return [.. Enumerable.Range(0, block.Count).Select(row => (object?)ScriptEvents.ToMap(block, row, fields))];
    }

    private (WindowId Id, SourceWindow Window) SourceOf(string? query, string window)
    {
        var id = Plan?.TryFind(query ?? QueryOf(window), window);
        return id is { } found && Plan!.WindowOf(found) is SourceWindow source
            ? (found, source) : throw new ScriptException($"'{query ?? QueryOf(window)}/{window}' is no source window.");
    }
}
