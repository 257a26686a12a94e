using Lockstep.Contracts.Projects;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Tracking;

/// <summary>
/// Follows objects from frame to frame. iou pairs where a track was last with what is found; bytetrack (Zhang et al. 2022) pairs where a
/// filter expects it, first with what is found for sure, then the tracks left over with the rest.
/// </summary>
internal sealed class Tracker(ObjectTrackerWindowDefinition settings)
{
    private readonly double _low = settings.Setting("score-sigma-low");
    private readonly double _high = settings.Setting("score-sigma-high");
    private readonly double _first = settings.Setting("iou-sigma");
    private readonly double _second = settings.Setting("iou-sigma2");
    private readonly double _duplicate = settings.Setting("iou-sigma-dup");
    private readonly long _lives = (long)settings.Setting("max-track-lives");
    private readonly long _remembered = (long)Math.Min(1000, settings.Setting("velocity-vector-frames"));
    private readonly long _least = (long)settings.Setting("min-track-length");
    private readonly List<Track> _tracks = [];
    private long _next;

    /// <summary>The tracks that are seen in the frame, the oldest first.</summary>
    public List<Track> Follow(List<Detection> found)
    {
        foreach (var track in _tracks)
        {
            track.Predict();
        }

        var sure = found.FindAll(d => settings.IsByteTrack ? d.Score >= _high : d.Score >= _low);
        var unsure = settings.IsByteTrack ? found.FindAll(d => d.Score < _high && d.Score >= _low) : [];
        Pair(_tracks, sure, _first);

        // Only what was there in the frame before is looked for among what is unsure.
        Pair(_tracks.FindAll(t => t.Missed == 1), settings.IsByteTrack ? unsure : sure, _second);
        _tracks.RemoveAll(t => t.Missed > _lives || (t.Missed > 0 && t.Length < _least));
        foreach (var detection in sure)
        {
            if (detection.Score >= _high
                && !(_duplicate > 0 && _tracks.Exists(t => t.Missed == 0 && t.Box.Overlap(detection.Box) >= _duplicate)))
            {
                _tracks.Add(new Track(_next++, detection));
            }
        }

        return _tracks.FindAll(t => t.Missed == 0 && (t.Length >= _least || settings.HasNewborn));
    }

    public ulong Digest() => _tracks.Aggregate((ulong)_next, (hash, t) => StateHash.Combine(hash, t.Digest()));

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_next);
        writer.Write(_tracks.Count);
        foreach (var track in _tracks)
        {
            track.WriteState(writer);
        }
    }

    public void ReadState(SnapshotReader reader)
    {
        _next = reader.ReadInt64();
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            _tracks.Add(Track.Read(reader));
        }
    }

    // Takes what is paired out of the detections.
    private void Pair(List<Track> tracks, List<Detection> found, double least)
    {
        var pairs = Assignment.Solve(tracks.Count, found.Count, least, (t, d) =>
            (settings.IsByteTrack ? tracks[t].Expected : tracks[t].Box).Overlap(found[d].Box));
        for (var t = 0; t < pairs.Length; t++)
        {
            if (pairs[t] >= 0)
            {
                tracks[t].See(found[pairs[t]], _remembered);
            }
        }

        foreach (var at in pairs.Where(p => p >= 0).OrderDescending())
        {
            found.RemoveAt(at);
        }
    }
}
