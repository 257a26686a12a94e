using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Tracking;

/// <summary>window-object-tracker: an event is a frame; it leaves as an insert with the tracks seen in it. Deletes are no frames.</summary>
internal sealed class ObjectTrackerWindow(
    string name, Schema schema, ObjectTrackerWindowDefinition definition, DetectionReader reader, int inputFields) : Window(name, schema)
{
    private readonly Tracker _tracker = new(definition);
    private readonly int _numbers = ObjectTrackerWindowDefinition.Numbers.Length + (definition.HasVelocity ? 2 : 0);

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        for (var row = 0; row < input.Count; row++)
        {
            if (input.Opcodes[row] is Opcode.Delete or Opcode.SafeDelete)
            {
                continue;
            }

            var tracks = _tracker.Follow(reader.Read(input, row));
            for (var i = 0; i < inputFields; i++)
            {
                Output.Columns[i].AppendFrom(input.Columns[i], row);
            }

            Output.ColumnOf<long>(inputFields).Append(tracks.Count);
            var shown = tracks.Take(definition.Tracks).ToList();
            if (definition.IsArray)
            {
                AppendArrays(shown);
            }
            else
            {
                AppendWide(shown);
            }

            Output.Append(Opcode.Insert, input.Flags[row] & ~EventFlags.PartialUpdate);
        }
    }

    /// <inheritdoc/>
    public override WindowState State => WindowState.Running;

    /// <inheritdoc/>
    public override ulong Digest() => _tracker.Digest();

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer) => _tracker.WriteState(writer);

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader) => _tracker.ReadState(reader);

    private void AppendArrays(List<Track> tracks)
    {
        var at = inputFields + 1;
        Output.ColumnOf<long?[]>(at++).Append([.. tracks.Select(t => (long?)t.Id)]);
        Output.ColumnOf<string>(at++).Append(string.Join(',', tracks.Select(t => t.Label)));
        for (var n = 0; n < _numbers; n++)
        {
            Output.ColumnOf<double?[]>(at++).Append([.. tracks.Select(t => (double?)Number(t, n))]);
        }
    }

    private void AppendWide(List<Track> tracks)
    {
        var at = inputFields + 1;
        for (var i = 0; i < definition.Tracks; i++)
        {
            if (i >= tracks.Count)
            {
                for (var n = 0; n < _numbers + 2; n++)
                {
                    Output.Columns[at++].AppendNull();
                }

                continue;
            }

            var track = tracks[i];
            Output.ColumnOf<long>(at++).Append(track.Id);
            if (track.Label is { } label)
            {
                Output.ColumnOf<string>(at++).Append(label);
            }
            else
            {
                Output.Columns[at++].AppendNull();
            }

            for (var n = 0; n < _numbers; n++)
            {
                Output.ColumnOf<double>(at++).Append(Number(track, n));
            }
        }
    }

    // In the order of the fields.
    private double Number(Track track, int which) => which switch
    {
        0 => track.Score,
        1 => track.Box.X * definition.ScaleX,
        2 => track.Box.Y * definition.ScaleY,
        3 => track.Box.Width * definition.ScaleX,
        4 => track.Box.Height * definition.ScaleY,
        5 => track.Speed.X * definition.ScaleX,
        _ => track.Speed.Y * definition.ScaleY,
    };
}
