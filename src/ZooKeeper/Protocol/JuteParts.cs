namespace Lockstep.ZooKeeper.Protocol;

/// <summary>The records of the package <c>org.apache.zookeeper.data</c>, which users see as public types.</summary>
internal static class JuteParts
{
    public static void WriteAcl(JuteWriter writer, Acl acl)
    {
        writer.Int((int)acl.Permissions);
        writer.Text(acl.Scheme);
        writer.Text(acl.Id);
    }

    public static Acl ReadAcl(ref JuteReader reader) => new((AclPermissions)reader.Int(), reader.Text(), reader.Text());

    public static void WriteStat(JuteWriter writer, Stat stat)
    {
        writer.Long(stat.Czxid);
        writer.Long(stat.Mzxid);
        writer.Long(stat.CreatedMs);
        writer.Long(stat.ModifiedMs);
        writer.Int(stat.Version);
        writer.Int(stat.Cversion);
        writer.Int(stat.Aversion);
        writer.Long(stat.EphemeralOwner.Value);
        writer.Int(stat.DataLength);
        writer.Int(stat.NumChildren);
        writer.Long(stat.Pzxid);
    }

    public static Stat ReadStat(ref JuteReader reader) => new(
        reader.Long(),
        reader.Long(),
        reader.Long(),
        reader.Long(),
        reader.Int(),
        reader.Int(),
        reader.Int(),
        new SessionId(reader.Long()),
        reader.Int(),
        reader.Int(),
        reader.Long());
}
