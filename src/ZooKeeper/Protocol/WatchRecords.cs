namespace Lockstep.ZooKeeper.Protocol;

/// <summary>Operation setWatches: one-shot watches that a reconnected client still has.</summary>
internal sealed record SetWatchesRequest(
    long RelativeZxid,
    IReadOnlyList<string> DataWatches,
    IReadOnlyList<string> ExistWatches,
    IReadOnlyList<string> ChildWatches) : IJuteRecord<SetWatchesRequest>
{
    public static SetWatchesRequest Read(ref JuteReader reader) =>
        new(reader.Long(), reader.Texts(), reader.Texts(), reader.Texts());

    public void Write(JuteWriter writer)
    {
        writer.Long(RelativeZxid);
        writer.Texts(DataWatches);
        writer.Texts(ExistWatches);
        writer.Texts(ChildWatches);
    }
}

/// <summary>Operation setWatches2: all watches that a reconnected client still has.</summary>
internal sealed record SetWatches2Request(
    long RelativeZxid,
    IReadOnlyList<string> DataWatches,
    IReadOnlyList<string> ExistWatches,
    IReadOnlyList<string> ChildWatches,
    IReadOnlyList<string> PersistentWatches,
    IReadOnlyList<string> PersistentRecursiveWatches) : IJuteRecord<SetWatches2Request>
{
    public static SetWatches2Request Read(ref JuteReader reader) =>
        new(reader.Long(), reader.Texts(), reader.Texts(), reader.Texts(), reader.Texts(), reader.Texts());

    public void Write(JuteWriter writer)
    {
        writer.Long(RelativeZxid);
        writer.Texts(DataWatches);
        writer.Texts(ExistWatches);
        writer.Texts(ChildWatches);
        writer.Texts(PersistentWatches);
        writer.Texts(PersistentRecursiveWatches);
    }
}

/// <summary>Operation addWatch.</summary>
internal sealed record AddWatchRequest(string Path, WatchMode Mode) : IJuteRecord<AddWatchRequest>
{
    public static AddWatchRequest Read(ref JuteReader reader) =>
        new(reader.Text(), (WatchMode)reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
        writer.Int((int)Mode);
    }
}

/// <summary>Operation removeWatches.</summary>
internal sealed record RemoveWatchesRequest(string Path, WatchKind Kind) : IJuteRecord<RemoveWatchesRequest>
{
    public static RemoveWatchesRequest Read(ref JuteReader reader) =>
        new(reader.Text(), (WatchKind)reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
        writer.Int((int)Kind);
    }
}

/// <summary>A watch that fired.</summary>
internal sealed record WatcherEvent(int Type, int State, string Path) : IJuteRecord<WatcherEvent>
{
    public static WatcherEvent Read(ref JuteReader reader) =>
        new(reader.Int(), reader.Int(), reader.Text());

    public void Write(JuteWriter writer)
    {
        writer.Int(Type);
        writer.Int(State);
        writer.Text(Path);
    }
}
