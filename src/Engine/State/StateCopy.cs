namespace Lockstep.Engine.State;

/// <summary>Copies state from one holder to another of the same kind, by its snapshot form.</summary>
internal static class StateCopy
{
    /// <summary>Writes with one, reads with the other.</summary>
    public static void Of(Action<SnapshotWriter> from, Action<SnapshotReader> to)
    {
        using var bytes = new MemoryStream();
        var writer = new SnapshotWriter(bytes);
        from(writer);
        writer.Seal();
        bytes.Position = 0;
        var reader = new SnapshotReader(bytes);
        to(reader);
        reader.CheckSeal();
    }
}
