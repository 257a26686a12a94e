namespace Lockstep.Engine.Tests;

/// <summary>Goes on with a run from its snapshot.</summary>
internal static class RestoredRun
{
    /// <summary>
    /// A new run of the model with the state of another one: the same digest, the same snapshot again, the same next timer.
    /// </summary>
    public static EngineRun Of(EngineRun run, string model)
    {
        var bytes = Snapshot(run);
        var restored = new EngineRun(model);
        restored.Engine.RestoreSnapshot(new MemoryStream(bytes));
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
        Assert.True(bytes.AsSpan().SequenceEqual(Snapshot(restored)), "The restored snapshot differs.");
        Assert.Equal(run.Engine.NextExpiry, restored.Engine.NextExpiry);
        restored.ContinueFrom(run);
        return restored;
    }

    private static byte[] Snapshot(EngineRun run)
    {
        var stream = new MemoryStream();
        run.Engine.WriteSnapshot(stream);
        return stream.ToArray();
    }
}
