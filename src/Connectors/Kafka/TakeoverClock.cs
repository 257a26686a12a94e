using System.Runtime;
using Lockstep.Contracts.Failover;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Times the phases of a member's takeovers. The notice that a znode is gone, the fence and the producer come from any thread,
/// everything else from the engine's.
/// </summary>
internal sealed partial class TakeoverClock(TimeProvider time, ILogger logger)
{
    /// <summary>A notice older than this has nothing to do with the takeover that begins.</summary>
    private static readonly TimeSpan NoticeAge = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private long _notice;
    private long _began;
    private bool _runs;
    private long _compiled;

    /// <summary>The newest takeover; null for none.</summary>
    public TakeoverPhases? Phases { get; private set; }

    /// <summary>The znode before the own one is gone.</summary>
    public void ZnodeGone()
    {
        lock (_lock)
        {
            _notice = time.GetTimestamp();
        }
    }

    /// <summary>The member begins to acquire.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var isNoticed = _notice != 0 && time.GetElapsedTime(_notice, now) < NoticeAge;
            _began = isNoticed ? _notice : now;
            _notice = 0;
            _runs = true;
            _compiled = JitInfo.GetCompiledMethodCount();
            Phases = new TakeoverPhases
            {
                BeganAt = time.GetUtcNow() - time.GetElapsedTime(_began, now),
                ZnodeGone = isNoticed,
                ElectedMs = Ms(),
            };
        }
    }

    /// <summary>The predecessor is fenced.</summary>
    public void Fenced() => Mark(p => p with { FencedMs = Ms() });

    /// <summary>The ends are known.</summary>
    public void EndsKnown() => Mark(p => p with { EndsKnownMs = Ms() });

    /// <summary>Everything is applied up to the ends.</summary>
    public void JournalApplied() => Mark(p => p with { JournalAppliedMs = Ms() });

    /// <summary>The producer may write.</summary>
    public void ProducerReady() => Mark(p => p with { ProducerReadyMs = Ms() });

    /// <summary>The epoch has begun.</summary>
    public void EpochStarted(Epoch epoch) => Mark(p => p with { EpochStartMs = Ms(), Epoch = epoch.Value });

    /// <summary>The first results are committed: the takeover is over.</summary>
    /// <param name="group">The failover group, for the log.</param>
    /// <returns>False: no takeover was under way.</returns>
    public bool FirstResult(string group)
    {
        if (!_runs || Phases?.EpochStartMs is null)
        {
            return false;
        }

        Mark(p => p with { FirstResultMs = Ms() });
        _runs = false;
        var compiled = JitInfo.GetCompiledMethodCount() - _compiled;
        LogTakeover(
            logger, group, Phases.Epoch, Phases.ZnodeGone ? "znode gone" : "begun", Phases.ElectedMs, Phases.FencedMs,
            Phases.EndsKnownMs, Phases.JournalAppliedMs, Phases.ProducerReadyMs, Phases.EpochStartMs, Phases.FirstResultMs,
            compiled);
        return true;
    }

    private double Ms() => Math.Round(time.GetElapsedTime(_began).TotalMilliseconds, 1);

    private void Mark(Func<TakeoverPhases, TakeoverPhases> mark)
    {
        lock (_lock)
        {
            if (_runs && Phases is { } phases)
            {
                Phases = mark(phases);
            }
        }
    }

    [LoggerMessage(EventId = 5197, Level = LogLevel.Information, Message =
        "Group {Group}: epoch {Epoch} taken over, ms after {Origin}: elected {Elected}, fenced {Fenced}, ends known {Ends}, "
        + "journal applied {Applied}, producer ready {Ready}, epoch start {Start}, first result {First}; {Compiled} methods were "
        + "compiled meanwhile")]
    private static partial void LogTakeover(
        ILogger logger, string group, long epoch, string origin, double? elected, double? fenced, double? ends, double? applied,
        double? ready, double? start, double? first, long compiled);
}
