namespace Lockstep.ZooKeeper.Protocol;

/// <summary>Operation multi (Java's <c>MultiOperationRecord</c>): a header before each operation, a header with done set at the end.</summary>
internal sealed record MultiRequest(IReadOnlyList<MultiOperation> Operations) : IJuteRecord<MultiRequest>
{
    private static readonly MultiHeader End = new(OpCode.Error, true, (ErrorCode)(-1));

    public static MultiRequest Read(ref JuteReader reader)
    {
        List<MultiOperation> operations = [];
        while (true)
        {
            MultiHeader header = MultiHeader.Read(ref reader);
            if (header.Done)
            {
                return new MultiRequest(operations);
            }

            operations.Add(ReadOperation(header.Op, ref reader));
        }
    }

    public void Write(JuteWriter writer)
    {
        foreach (MultiOperation operation in Operations)
        {
            (OpCode op, IJuteRecord body) = Encode(operation);
            new MultiHeader(op, false, (ErrorCode)(-1)).Write(writer);
            body.Write(writer);
        }

        End.Write(writer);
    }

    private static MultiOperation ReadOperation(OpCode op, ref JuteReader reader)
    {
        switch (op)
        {
            case OpCode.Create or OpCode.Create2 or OpCode.CreateContainer:
                CreateRequest create = CreateRequest.Read(ref reader);
                return new MultiOperation.Create(create.Path, create.Content, create.Mode, create.Acl);
            case OpCode.Delete:
                DeleteRequest delete = DeleteRequest.Read(ref reader);
                return new MultiOperation.Delete(delete.Path, delete.Version);
            case OpCode.SetData:
                SetDataRequest set = SetDataRequest.Read(ref reader);
                return new MultiOperation.SetContent(set.Path, set.Content, set.Version);
            case OpCode.Check:
                CheckVersionRequest check = CheckVersionRequest.Read(ref reader);
                return new MultiOperation.Check(check.Path, check.Version);
            default:
                throw new InvalidDataException($"Operation {(int)op} cannot be part of a multi.");
        }
    }

    private static (OpCode Op, IJuteRecord Body) Encode(MultiOperation operation) => operation switch
    {
        MultiOperation.Create { Mode: CreateMode.Container } create =>
            (OpCode.CreateContainer, new CreateRequest(create.Path, create.Content, create.Acl, create.Mode)),
        MultiOperation.Create create =>
            (OpCode.Create2, new CreateRequest(create.Path, create.Content, create.Acl, create.Mode)),
        MultiOperation.Delete delete => (OpCode.Delete, new DeleteRequest(delete.Path, delete.Version)),
        MultiOperation.SetContent set => (OpCode.SetData, new SetDataRequest(set.Path, set.Content, set.Version)),
        MultiOperation.Check check => (OpCode.Check, new CheckVersionRequest(check.Path, check.Version)),
        _ => throw new InvalidOperationException($"Unknown operation {operation}."),
    };
}
