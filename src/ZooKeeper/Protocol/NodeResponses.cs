namespace Lockstep.ZooKeeper.Protocol;

/// <summary>The answer of exists, setData and setACL.</summary>
internal sealed record StatRecord(Stat Stat) : IJuteRecord<StatRecord>
{
    public static StatRecord Read(ref JuteReader reader) =>
        new(JuteParts.ReadStat(ref reader));

    public void Write(JuteWriter writer)
    {
        JuteParts.WriteStat(writer, Stat);
    }
}

/// <summary>The answer of create2, createContainer and createTTL.</summary>
internal sealed record Create2Response(string Path, Stat Stat) : IJuteRecord<Create2Response>
{
    public static Create2Response Read(ref JuteReader reader) =>
        new(reader.Text(), JuteParts.ReadStat(ref reader));

    public void Write(JuteWriter writer)
    {
        writer.Text(Path);
        JuteParts.WriteStat(writer, Stat);
    }
}

/// <summary>The answer of getData.</summary>
internal sealed record GetDataResponse(ReadOnlyMemory<byte> Content, Stat Stat) : IJuteRecord<GetDataResponse>
{
    public static GetDataResponse Read(ref JuteReader reader) =>
        new(reader.Buffer(), JuteParts.ReadStat(ref reader));

    public void Write(JuteWriter writer)
    {
        writer.Buffer(Content.Span);
        JuteParts.WriteStat(writer, Stat);
    }
}

/// <summary>The answer of getChildren.</summary>
internal sealed record GetChildrenResponse(IReadOnlyList<string> Names) : IJuteRecord<GetChildrenResponse>
{
    public static GetChildrenResponse Read(ref JuteReader reader) =>
        new(reader.Texts());

    public void Write(JuteWriter writer)
    {
        writer.Texts(Names);
    }
}

/// <summary>The answer of getChildren2.</summary>
internal sealed record GetChildren2Response(IReadOnlyList<string> Names, Stat Stat) : IJuteRecord<GetChildren2Response>
{
    public static GetChildren2Response Read(ref JuteReader reader) =>
        new(reader.Texts(), JuteParts.ReadStat(ref reader));

    public void Write(JuteWriter writer)
    {
        writer.Texts(Names);
        JuteParts.WriteStat(writer, Stat);
    }
}

/// <summary>The answer of getACL.</summary>
internal sealed record GetAclResponse(IReadOnlyList<Acl> Acl, Stat Stat) : IJuteRecord<GetAclResponse>
{
    public static GetAclResponse Read(ref JuteReader reader) =>
        new(reader.Vector(JuteParts.ReadAcl), JuteParts.ReadStat(ref reader));

    public void Write(JuteWriter writer)
    {
        writer.Vector(Acl, JuteParts.WriteAcl);
        JuteParts.WriteStat(writer, Stat);
    }
}
