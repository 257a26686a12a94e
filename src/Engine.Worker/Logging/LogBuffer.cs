using Lockstep.Contracts.Hubs;

namespace Lockstep.Engine.Worker.Logging;

/// <summary>
/// The newest log lines, numbered from 1: what GET /log shows and what the manager is sent. Keeps <see cref="Limit"/>
/// lines; older ones are dropped, and a reader that asks for them is told how many it missed. Thread-safe.
/// </summary>
internal sealed class LogBuffer
{
    /// <summary>Lines kept.</summary>
    public const int Limit = 500;

    private readonly Lock _lock = new();
    private readonly WorkerLogLine[] _lines = new WorkerLogLine[Limit];
    private long _count;

    /// <summary>Adds a line; the oldest goes when there are too many.</summary>
    public void Add(WorkerLogLine line)
    {
        lock (_lock)
        {
            _lines[_count % Limit] = line;
            _count++;
        }
    }

    /// <summary>All lines kept, oldest first.</summary>
    public IReadOnlyList<WorkerLogLine> All() => After(0, Limit).Lines;

    /// <summary>Lines after number <paramref name="last"/>, oldest first.</summary>
    /// <param name="last">Number of the last line the reader has; 0 for none.</param>
    /// <param name="limit">At most so many.</param>
    /// <returns>The lines, the number of the last of them, and how many had been dropped before they were read.</returns>
    public (IReadOnlyList<WorkerLogLine> Lines, long Last, long Missed) After(long last, int limit)
    {
        lock (_lock)
        {
            var first = Math.Max(last, _count - Limit);
            var end = Math.Min(_count, first + limit);
            var lines = new WorkerLogLine[end - first];
            for (var i = first; i < end; i++)
            {
                lines[i - first] = _lines[i % Limit];
            }

            return (lines, end, first - last);
        }
    }
}
