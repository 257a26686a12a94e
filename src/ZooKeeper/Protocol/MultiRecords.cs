namespace Lockstep.ZooKeeper.Protocol;

/// <summary>Starts each operation and each result of a multi; the last one has done set.</summary>
internal sealed record MultiHeader(OpCode Op, bool Done, ErrorCode Error) : IJuteRecord<MultiHeader>
{
    public static MultiHeader Read(ref JuteReader reader) =>
        new((OpCode)reader.Int(), reader.Bool(), (ErrorCode)reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Int((int)Op);
        writer.Bool(Done);
        writer.Int((int)Error);
    }
}

/// <summary>The result of an operation of a multi that failed.</summary>
internal sealed record ErrorResult(ErrorCode Error) : IJuteRecord<ErrorResult>
{
    public static ErrorResult Read(ref JuteReader reader) =>
        new((ErrorCode)reader.Int());

    public void Write(JuteWriter writer)
    {
        writer.Int((int)Error);
    }
}
