namespace Lockstep.ZooKeeper.Protocol;

/// <summary>One result of a multi: an error, or what the operation's own answer has.</summary>
/// <param name="Op">The operation, or <see cref="OpCode.Error"/>.</param>
/// <param name="Error">Ok, or why it was not done.</param>
/// <param name="Path">Of a created znode.</param>
/// <param name="Stat">Of a created or changed znode.</param>
internal sealed record MultiResult(OpCode Op, ErrorCode Error, string? Path, Stat? Stat);

/// <summary>The answer of multi (Java's <c>MultiResponse</c>).</summary>
internal sealed record MultiResponse(IReadOnlyList<MultiResult> Results) : IJuteRecord<MultiResponse>
{
    public static MultiResponse Read(ref JuteReader reader)
    {
        List<MultiResult> results = [];
        while (true)
        {
            MultiHeader header = MultiHeader.Read(ref reader);
            if (header.Done)
            {
                return new MultiResponse(results);
            }

            results.Add(ReadResult(header.Op, ref reader));
        }
    }

    public void Write(JuteWriter writer)
    {
        foreach (MultiResult result in Results)
        {
            new MultiHeader(result.Op, false, result.Error).Write(writer);
            WriteBody(writer, result);
        }

        new MultiHeader(OpCode.Error, true, (ErrorCode)(-1)).Write(writer);
    }

    private static MultiResult ReadResult(OpCode op, ref JuteReader reader)
    {
        switch (op)
        {
            case OpCode.Error:
                return new MultiResult(op, ErrorResult.Read(ref reader).Error, null, null);
            case OpCode.Create:
                return new MultiResult(op, ErrorCode.Ok, reader.Text(), null);
            case OpCode.Create2 or OpCode.CreateContainer or OpCode.CreateTtl:
                Create2Response created = Create2Response.Read(ref reader);
                return new MultiResult(op, ErrorCode.Ok, created.Path, created.Stat);
            case OpCode.SetData:
                return new MultiResult(op, ErrorCode.Ok, null, StatRecord.Read(ref reader).Stat);
            case OpCode.Delete or OpCode.Check:
                return new MultiResult(op, ErrorCode.Ok, null, null);
            default:
                throw new InvalidDataException($"A multi was answered with operation {(int)op}.");
        }
    }

    private static void WriteBody(JuteWriter writer, MultiResult result)
    {
        switch (result.Op)
        {
            case OpCode.Error:
                new ErrorResult(result.Error).Write(writer);
                break;
            case OpCode.Create2 or OpCode.CreateContainer or OpCode.CreateTtl:
                new Create2Response(result.Path!, result.Stat!).Write(writer);
                break;
            case OpCode.SetData:
                new StatRecord(result.Stat!).Write(writer);
                break;
            default:
                break; // Delete and check have no body.
        }
    }
}
