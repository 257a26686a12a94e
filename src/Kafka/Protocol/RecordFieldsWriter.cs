namespace Lockstep.Kafka.Protocol;

/// <summary>Writes fields of a record (message format 2): zigzag varints and bytes.</summary>
internal sealed class RecordFieldsWriter(int capacity)
{
    /// <summary>What is written lies at its start.</summary>
    internal byte[] Buffer { get; private set; } = new byte[Math.Max(capacity, 16)];

    /// <summary>Bytes written.</summary>
    internal int Count { get; private set; }

    internal void VarInt(long value)
    {
        var rest = (ulong)(value << 1 ^ value >> 63);
        var room = Room(10);
        var length = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            room[length++] = (byte)(rest | 0x80);
        }

        room[length] = (byte)rest;
        Count += length + 1;
    }

    /// <summary>Appends bytes; null appends nothing.</summary>
    /// <returns>Where they begin.</returns>
    internal int Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Count += bytes.Length;
        return Count - bytes.Length;
    }

    private Span<byte> Room(int count)
    {
        if (Count + count > Buffer.Length)
        {
            var larger = new byte[Math.Max(Buffer.Length * 2, Count + count)];
            Buffer.AsSpan(0, Count).CopyTo(larger);
            Buffer = larger;
        }

        return Buffer.AsSpan(Count);
    }
}
