using System.Globalization;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Ui.Tail;

/// <summary>
/// What stands between the reader of a topic and one viewer: drops repeats, filters, holds rows back while paused, draws
/// seams where another member goes on, and gives out no more than a budget, counting what it leaves out. Nothing is ever
/// lost silently. Written by the reader, drained by the clock: all members may be called from any thread.
/// </summary>
public sealed class TailFeed
{
    /// <summary>Rows held back at most; then the oldest are dropped and counted.</summary>
    public const int MaxHeld = 10_000;

    /// <summary>Rows given out in one tick at most.</summary>
    public const int MaxRowsPerTick = 200;

    private readonly Lock _gate = new();
    private readonly Queue<OutputRow> _held = new();
    private (long Offset, int Index) _last = (-1, -1);
    private string? _lastMember;
    private long _skippedBefore;
    private int _allowance;

    /// <summary>Rows that the filter has seen.</summary>
    public long Seen { get; private set; }

    /// <summary>Rows that the filter let pass.</summary>
    public long Passed { get; private set; }

    /// <summary>Rows left out: by the reader, by a full hold, or over the budget of a tick.</summary>
    public long Dropped { get; private set; }

    /// <summary>Records between the newest read and the last one here.</summary>
    public long Behind { get; private set; }

    /// <summary>The offset to resume from: the last row's own, because it may have more rows; repeats are dropped.</summary>
    public long? ResumeOffset => _last.Offset < 0 ? null : _last.Offset;

    /// <summary>Text that a row must contain, letter case aside; empty for all.</summary>
    public string Filter { get; private set; } = "";

    /// <summary>Rows are held back and not given out.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Rows waiting to be given out.</summary>
    public int Held
    {
        get
        {
            lock (_gate)
            {
                return _held.Count;
            }
        }
    }

    /// <summary>Adds rows, oldest first; those already seen are dropped.</summary>
    public void Add(TailBatch batch)
    {
        lock (_gate)
        {
            Skip(batch.Dropped);
            foreach (var row in batch.Rows)
            {
                if ((row.Offset, row.Index).CompareTo(_last) <= 0)
                {
                    continue;
                }

                _last = (row.Offset, row.Index);
                Seen++;
                if (Filter.Length > 0 && !row.Text.Contains(Filter, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                Passed++;
                _held.Enqueue(row);
            }

            while (_held.Count > MaxHeld)
            {
                _held.Dequeue();
                Skip(1);
            }

            Behind = Math.Max(0, batch.NewestOffset - _last.Offset);
        }
    }

    /// <summary>What to draw now: at most <see cref="MaxRowsPerTick"/> rows, the newest ones, with seams and gaps between.</summary>
    /// <param name="seamWords">Words for a change of member, from its old and new row.</param>
    /// <param name="gapWords">Words for rows left out.</param>
    public IReadOnlyList<TailEntry> Drain(Func<OutputRow, string, string> seamWords, Func<long, string> gapWords)
    {
        lock (_gate)
        {
            if (IsPaused)
            {
                return [];
            }

            var budget = Math.Max(_allowance, MaxRowsPerTick);
            _allowance = Math.Max(0, _allowance - _held.Count);
            var entries = new List<TailEntry>();
            while (_held.Count > budget)
            {
                Seam(_held.Dequeue(), entries, seamWords);
                Skip(1);
            }

            if (_skippedBefore > 0)
            {
                entries.Add(new TailEntry("g", _skippedBefore, 0, "", gapWords(_skippedBefore), ""));
                _skippedBefore = 0;
            }

            while (_held.TryDequeue(out var row))
            {
                Seam(row, entries, seamWords);
                entries.Add(new TailEntry("r", row.Offset, row.At.ToUnixTimeMilliseconds(), row.Member, row.Text, TitleOf(row)));
            }

            return entries;
        }
    }

    /// <summary>Holds rows back from now on.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>Goes on.</summary>
    /// <param name="isShowingHeld">True: what was held back is given out in one go; false: it is skipped and counted.</param>
    public void Continue(bool isShowingHeld)
    {
        lock (_gate)
        {
            IsPaused = false;
            if (isShowingHeld)
            {
                _allowance = _held.Count;
            }
            else
            {
                Skip(_held.Count);
                _held.Clear();
            }
        }
    }

    /// <summary>Filters from now on, and what is held back too.</summary>
    public void SetFilter(string filter)
    {
        lock (_gate)
        {
            Filter = filter;
            (Seen, Passed) = (0, 0);
            if (filter.Length > 0 && _held.Count > 0)
            {
                var kept = _held.Where(r => r.Text.Contains(filter, StringComparison.OrdinalIgnoreCase)).ToList();
                _held.Clear();
                kept.ForEach(_held.Enqueue);
            }
        }
    }

    /// <summary>Forgets everything: the tail begins somewhere else.</summary>
    /// <param name="allowance">Rows that were asked for and are therefore given out beyond the budget of a tick.</param>
    public void Reset(int allowance)
    {
        lock (_gate)
        {
            _held.Clear();
            _last = (-1, -1);
            _lastMember = null;
            _allowance = allowance;
            (_skippedBefore, Seen, Passed, Dropped, Behind) = (0, 0, 0, 0, 0);
        }
    }

    private void Skip(long rows)
    {
        _skippedBefore += rows;
        Dropped += rows;
    }

    private void Seam(OutputRow row, List<TailEntry> entries, Func<OutputRow, string, string> words)
    {
        if (_lastMember is not null && !string.Equals(_lastMember, row.Member, StringComparison.Ordinal))
        {
            entries.Add(new TailEntry("s", row.Offset, row.At.ToUnixTimeMilliseconds(), row.Member, words(row, _lastMember), ""));
        }

        _lastMember = row.Member;
    }

    private static string TitleOf(OutputRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Offset}.{row.Index} · id {row.MessageId} · q {row.Q} · epoch {row.Epoch} · {row.Member}");
}
