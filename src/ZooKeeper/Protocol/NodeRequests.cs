namespace Lockstep.ZooKeeper.Protocol;

/// <summary>Operations create, create2 and createContainer.</summary>
internal sealed record CreateRequest(
    string Path,
    ReadOnlyMemory<byte> Content,
    IReadOnlyList<Acl> Acl,
    CreateMode Mode) : IJuteRecord<CreateRequest>
{
    public static CreateRequest Read(ref JuteReader reader) =>
        new(reader.Text(), reader.Buffer(), reader.Vector(JuteParts.ReadAcl), (CreateMode)reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
        writer.Buffer(Content.Span);
        writer.Vector(Acl, JuteParts.WriteAcl);
        writer.Int((int)Mode);
    }
}

/// <summary>Operation createTTL.</summary>
internal sealed record CreateTtlRequest(
    string Path,
    ReadOnlyMemory<byte> Content,
    IReadOnlyList<Acl> Acl,
    CreateMode Mode,
    long TtlMs) : IJuteRecord<CreateTtlRequest>
{
    public static CreateTtlRequest Read(ref JuteReader reader) =>
        new(
            reader.Text(),
            reader.Buffer(),
            reader.Vector(JuteParts.ReadAcl),
            (CreateMode)reader.Int(),
            reader.Long());

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
        writer.Buffer(Content.Span);
        writer.Vector(Acl, JuteParts.WriteAcl);
        writer.Int((int)Mode);
        writer.Long(TtlMs);
    }
}

/// <summary>Operation delete; version -1 is any.</summary>
internal sealed record DeleteRequest(string Path, int Version) : IJuteRecord<DeleteRequest>
{
    public static DeleteRequest Read(ref JuteReader reader) =>
        new(reader.Text(), reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
        writer.Int(Version);
    }
}

/// <summary>Operations exists, getData, getChildren and getChildren2.</summary>
internal sealed record ReadRequest(string Path, bool Watch) : IJuteRecord<ReadRequest>
{
    public static ReadRequest Read(ref JuteReader reader) =>
        new(reader.Text(), reader.Bool());

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
        writer.Bool(Watch);
    }
}

/// <summary>Operation setData; version -1 is any.</summary>
internal sealed record SetDataRequest(string Path, ReadOnlyMemory<byte> Content, int Version) : IJuteRecord<SetDataRequest>
{
    public static SetDataRequest Read(ref JuteReader reader) =>
        new(reader.Text(), reader.Buffer(), reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
        writer.Buffer(Content.Span);
        writer.Int(Version);
    }
}

/// <summary>Operations sync and getACL; the answers of sync and create.</summary>
internal sealed record PathRecord(string Path) : IJuteRecord<PathRecord>
{
    public static PathRecord Read(ref JuteReader reader) =>
        new(reader.Text());

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
    }
}

/// <summary>Operation setACL; version -1 is any.</summary>
internal sealed record SetAclRequest(string Path, IReadOnlyList<Acl> Acl, int Version) : IJuteRecord<SetAclRequest>
{
    public static SetAclRequest Read(ref JuteReader reader) =>
        new(reader.Text(), reader.Vector(JuteParts.ReadAcl), reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
        writer.Vector(Acl, JuteParts.WriteAcl);
        writer.Int(Version);
    }
}

/// <summary>Operation check, in a multi only; version -1 is any.</summary>
internal sealed record CheckVersionRequest(string Path, int Version) : IJuteRecord<CheckVersionRequest>
{
    public static CheckVersionRequest Read(ref JuteReader reader) =>
        new(reader.Text(), reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
        writer.Int(Version);
    }
}
