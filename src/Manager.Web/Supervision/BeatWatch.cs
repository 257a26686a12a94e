namespace Lockstep.Manager.Web.Supervision;

/// <summary>
/// Judges whether a worker has been silent for too long; pure. Time in which the manager itself stood still (its own tick
/// came late) does not count: then the beats may lie unread in the socket.
/// </summary>
internal sealed class BeatWatch(TimeSpan limit, TimeSpan tick)
{
    private TimeSpan _lastTick;
    private TimeSpan _stalled;

    /// <summary>The manager's own stand-stills up to now, added up.</summary>
    public TimeSpan Stalled => _stalled;

    /// <summary>Called on each tick with the time since some fixed start.</summary>
    public void Tick(TimeSpan now)
    {
        var late = now - _lastTick - tick;
        if (_lastTick > TimeSpan.Zero && late > tick)
        {
            _stalled += late;
        }

        _lastTick = now;
    }

    /// <summary>True: silent for longer than the limit, own stand-stills left out.</summary>
    /// <param name="now">Time since the same start.</param>
    /// <param name="lastBeat">When it was last heard.</param>
    /// <param name="stalledThen"><see cref="Stalled"/> at that time.</param>
    public bool IsSilent(TimeSpan now, TimeSpan lastBeat, TimeSpan stalledThen) =>
        now - lastBeat - (_stalled - stalledThen) > limit;
}
