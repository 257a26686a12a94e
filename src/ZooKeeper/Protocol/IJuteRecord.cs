namespace Lockstep.ZooKeeper.Protocol;

/// <summary>A record of the server's <c>zookeeper.jute</c>.</summary>
internal interface IJuteRecord
{
    /// <summary>Appends the record.</summary>
    void Write(JuteWriter writer);
}

/// <summary>A record that can be read back.</summary>
/// <typeparam name="TSelf">The record.</typeparam>
internal interface IJuteRecord<TSelf> : IJuteRecord
    where TSelf : IJuteRecord<TSelf>
{
    /// <summary>Reads the record.</summary>
    /// <exception cref="InvalidDataException">The bytes end early or have impossible lengths.</exception>
    static abstract TSelf Read(ref JuteReader reader);
}
