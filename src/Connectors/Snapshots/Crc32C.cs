using System.Buffers.Binary;
using System.Numerics;

namespace Lockstep.Connectors.Snapshots;

/// <summary>CRC-32C (Castagnoli) as in Kafka: from all ones, inverted at its end. Folded in as bytes come; a new one has seen none.</summary>
internal struct Crc32C
{
    /// <summary>The CRC of everything added.</summary>
    public uint Value { get; private set; }

    /// <summary>Adds bytes; how they are cut into calls does not matter.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var crc = ~Value;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        Value = ~crc;
    }
}
