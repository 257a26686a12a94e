namespace Lockstep.ZooKeeper.Protocol;

/// <summary>First frame of a client.</summary>
internal sealed record ConnectRequest(
    int ProtocolVersion,
    long LastZxidSeen,
    int TimeoutMs,
    SessionId SessionId,
    ReadOnlyMemory<byte> Password,
    bool ReadOnly) : IJuteRecord<ConnectRequest>
{
    public static ConnectRequest Read(ref JuteReader reader) =>
        new(
            reader.Int(),
            reader.Long(),
            reader.Int(),
            new SessionId(reader.Long()),
            reader.Buffer(),
            reader.Bool());

    public void Write(JuteWriter writer)
    {
        writer.Int(ProtocolVersion);
        writer.Long(LastZxidSeen);
        writer.Int(TimeoutMs);
        writer.Long(SessionId.Value);
        writer.Buffer(Password.Span);
        writer.Bool(ReadOnly);
    }
}

/// <summary>The server's answer; a time-out of 0 says that the session is over.</summary>
internal sealed record ConnectResponse(
    int ProtocolVersion,
    int TimeoutMs,
    SessionId SessionId,
    ReadOnlyMemory<byte> Password,
    bool ReadOnly) : IJuteRecord<ConnectResponse>
{
    public static ConnectResponse Read(ref JuteReader reader) =>
        new(reader.Int(), reader.Int(), new SessionId(reader.Long()), reader.Buffer(), reader.Bool());

    public void Write(JuteWriter writer)
    {
        writer.Int(ProtocolVersion);
        writer.Int(TimeoutMs);
        writer.Long(SessionId.Value);
        writer.Buffer(Password.Span);
        writer.Bool(ReadOnly);
    }
}

/// <summary>Starts each further frame of a client.</summary>
internal sealed record RequestHeader(int Xid, OpCode Op) : IJuteRecord<RequestHeader>
{
    public static RequestHeader Read(ref JuteReader reader) =>
        new(reader.Int(), (OpCode)reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Int(Xid);
        writer.Int((int)Op);
    }
}

/// <summary>Starts each further frame of a server.</summary>
internal sealed record ReplyHeader(int Xid, long Zxid, ErrorCode Error) : IJuteRecord<ReplyHeader>
{
    public static ReplyHeader Read(ref JuteReader reader) =>
        new(reader.Int(), reader.Long(), (ErrorCode)reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Int(Xid);
        writer.Long(Zxid);
        writer.Int((int)Error);
    }
}

/// <summary>An identity.</summary>
internal sealed record AuthPacket(int Type, string Scheme, ReadOnlyMemory<byte> Credentials) : IJuteRecord<AuthPacket>
{
    public static AuthPacket Read(ref JuteReader reader) =>
        new(reader.Int(), reader.Text(), reader.Buffer());

    public void Write(JuteWriter writer)
    {
        writer.Int(Type);
        writer.Text(Scheme);
        writer.Buffer(Credentials.Span);
    }
}
