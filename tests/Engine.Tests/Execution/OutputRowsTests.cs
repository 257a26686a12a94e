using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Execution;

/// <summary>What a window's output amounts to: rows by key, given as inserts in a fixed order.</summary>
public sealed class OutputRowsTests
{
    private static readonly Schema Fields = new([new Field("id", FieldType.Int64, IsKey: true), new Field("name", FieldType.String)]);

    [Theory]
    [InlineData(IndexKind.Hash, "2 b,1 new")]
    [InlineData(IndexKind.Ordered, "1 new,2 b")]
    public void Updates_replace_rows_and_deletes_take_them(IndexKind index, string expected)
    {
        var rows = new OutputRows(Fields, index);
        rows.Apply(Block((Opcode.Insert, 3, "c"), (Opcode.Insert, 1, "a"), (Opcode.Insert, 2, "b")));
        rows.Apply(Block((Opcode.UpdateBlock, 1, "new"), (Opcode.Delete, 1, "a"), (Opcode.Delete, 3, "c")));
        Assert.Equal(2, rows.Count);
        Assert.Equal(expected, TextOf(rows));
    }

    [Fact]
    public void A_delete_behind_the_pair_of_an_update_takes_the_row()
    {
        var rows = new OutputRows(Fields, IndexKind.Hash);
        rows.Apply(Block((Opcode.Upsert, 1, "a"), (Opcode.UpdateBlock, 1, "b"), (Opcode.Delete, 1, "a"), (Opcode.Delete, 1, "b")));
        Assert.Equal("", TextOf(rows));
    }

    [Fact]
    public void Many_rows_come_in_several_blocks()
    {
        var rows = new OutputRows(Fields, IndexKind.Ordered);
        for (var id = 0; id < OutputRows.BlockRows + 1; id++)
        {
            rows.Apply(Block((Opcode.Insert, id, "x")));
        }

        Assert.Equal([OutputRows.BlockRows, 1], rows.Inserts().Select(b => b.Count));
    }

    private static EventBlock Block(params (Opcode Opcode, long Id, string Name)[] events)
    {
        var block = new EventBlock(Fields);
        foreach (var (opcode, id, name) in events)
        {
            block.AppendObjects(opcode, EventFlags.None, id, name);
        }

        return block;
    }

    private static string TextOf(OutputRows rows) => string.Join(',', rows.Inserts().SelectMany(b => Enumerable.Range(0, b.Count).Select(row =>
    {
        Assert.Equal((Opcode.Insert, EventFlags.None), (b.Opcodes[row], b.Flags[row]));
        return $"{b.Columns[0].GetObject(row)} {b.Columns[1].GetObject(row)}";
    })));
}
