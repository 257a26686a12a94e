using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Tests.Events;

/// <summary>Schemas and blocks with every type.</summary>
internal static class Blocks
{
    public static Schema AllTypes { get; } = new(
    [
        new Field("id", FieldType.Int64, IsKey: true),
        new Field("small", FieldType.Int32),
        new Field("real", FieldType.Double),
        new Field("text", FieldType.String),
        new Field("day", FieldType.Date),
        new Field("time", FieldType.Stamp),
        new Field("price", FieldType.Money),
        new Field("bytes", FieldType.Blob),
        new Field("a32", FieldType.ArrayInt32),
        new Field("a64", FieldType.ArrayInt64),
        new Field("areal", FieldType.ArrayDouble),
        new Field("never", FieldType.String),
    ]);

    /// <summary>Three events: full, nulls only, odd values.</summary>
    public static EventBlock Sample()
    {
        var block = new EventBlock(AllTypes) { IsTransactional = true };
        block.AppendObjects(Opcode.Insert, EventFlags.None, 1L, 42L, 1.5, "plain", 1L, 1_500_000L, 12.34m, new byte[] { 1, 2, 3 },
            new long?[] { 1, null, 3 }, new long?[] { long.MaxValue }, new double?[] { null, 0.25 }, null);
        block.AppendObjects(Opcode.Delete, EventFlags.Retention, 2L, null, null, null, null, null, null, null, null, null, null, null);
        block.AppendObjects(Opcode.UpdateBlock, EventFlags.PartialUpdate, long.MinValue, (long)int.MinValue, double.NaN, "ä,\"€\n", -1L,
            long.MaxValue, decimal.MinValue, Array.Empty<byte>(), Array.Empty<long?>(), new long?[9], new double?[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, null);
        return block;
    }

    public static void AssertEqual(EventBlock expected, EventBlock actual)
    {
        actual.Validate();
        Assert.Equal(expected.Count, actual.Count);
        Assert.Equal(expected.IsTransactional, actual.IsTransactional);
        Assert.Equal(expected.Opcodes.ToArray(), actual.Opcodes.ToArray());
        Assert.Equal(expected.Flags.ToArray(), actual.Flags.ToArray());
        for (var i = 0; i < expected.Columns.Length; i++)
        {
            for (var row = 0; row < expected.Count; row++)
            {
                Assert.Equal(expected.Columns[i].GetObject(row), actual.Columns[i].GetObject(row));
            }
        }
    }
}
