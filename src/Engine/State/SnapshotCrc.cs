using System.Buffers.Binary;
using System.Numerics;

namespace Lockstep.Engine.State;

/// <summary>CRC-32C (Castagnoli), in the form that starts from 0 and is not inverted at its end.</summary>
internal static class SnapshotCrc
{
    /// <summary>Folds bytes into a CRC; how they are cut into calls does not matter.</summary>
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
