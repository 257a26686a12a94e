using Lockstep.Engine.State;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Execution;

/// <summary>
/// The snapshot format, little endian:
/// <code>
/// u64 magic "LSSNAP" + version | i64 stream time, epoch, sequence | bool started, i64 started at | i64 bad events
/// i32 windows | per window: text name, u64 schema id, its state, i32 end mark
/// bool an evaluation has begun | i32 properties of scripts | per property: text name, bytes value
/// i32 snippets | per snippet: text name, its state
/// u32 CRC-32C of everything before
/// </code>
/// </summary>
internal static class EngineSnapshot
{
    /// <summary>Grows when the layout or the meaning of some window's state changes.</summary>
    public const int Version = 3;

    // "LSSNAP" and two bytes of version.
    private const ulong Magic = ((ulong)Version << 48) | 0x5041_4E53_534CUL;
    private const int EndMark = 0x57454E44;

    public static void Write(Stream stream, ProjectPlan plan, StepScope step)
    {
        var writer = new SnapshotWriter(stream);
        writer.Write(Magic);
        writer.Write(step.Time.StreamTime);
        writer.Write(step.Time.Epoch);
        writer.Write(step.Time.Sequence);
        writer.Write(step.StartedAt.HasValue);
        writer.Write(step.StartedAt ?? 0);
        writer.Write(step.BadEvents);
        writer.Write(plan.Windows.Length);
        foreach (var planned in plan.Windows)
        {
            writer.Write(planned.Window.Name);
            writer.Write(planned.Window.Schema.Id);
            planned.WriteState(writer);
            writer.Write(EndMark);
        }

        plan.Scripts.WriteState(writer);
        writer.Seal();
    }

    public static void Read(Stream stream, ProjectPlan plan, StepScope step)
    {
        var reader = new SnapshotReader(stream);
        CheckMagic(reader.ReadUInt64());
        var time = new StepTime(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        var started = reader.ReadBool();
        var startedAt = reader.ReadInt64();
        var badEvents = reader.ReadInt64();
        var count = reader.ReadCount();
        if (count != plan.Windows.Length)
        {
            throw new SnapshotFormatException(
                $"The snapshot is of another model: it holds {count} windows, the model {plan.Windows.Length}.");
        }

        foreach (var window in plan.Windows)
        {
            ReadWindow(reader, window);
        }

        plan.Scripts.ReadState(reader);
        reader.CheckSeal();
        step.Restore(time, started ? startedAt : null, badEvents);
    }

    private static void CheckMagic(ulong magic)
    {
        if (magic << 16 != Magic << 16)
        {
            throw new SnapshotFormatException("This is not a snapshot.");
        }

        if (magic != Magic)
        {
            throw new SnapshotFormatException($"The snapshot is of version {magic >> 48}; this engine reads {Magic >> 48}.");
        }
    }

    private static void ReadWindow(SnapshotReader reader, PlannedWindow planned)
    {
        var window = planned.Window;
        var name = reader.ReadText();
        var schema = reader.ReadUInt64();
        if (name != window.Name || schema != window.Schema.Id)
        {
            throw new SnapshotFormatException($"The snapshot is of another model: it holds window '{name}' "
                + $"(schema {schema:x16}) where the model has '{window.Name}' (schema {window.Schema.Id:x16}).");
        }

        planned.ReadState(reader);
        if (reader.ReadInt32() != EndMark)
        {
            throw new SnapshotFormatException($"The snapshot is damaged: the state of '{name}' does not end where it should.");
        }
    }
}
