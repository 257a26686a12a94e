namespace Lockstep.Kafka.Protocol;

/// <summary>Reads the fields of a record (message format 2): zigzag varints and bytes. Past the end it throws <see cref="ProtocolException"/>.</summary>
internal ref struct RecordFields(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where it stands.</summary>
    internal int Position { get; private set; }

    internal long VarInt()
    {
        var at = Position;
        var bytes = _bytes;
        if ((uint)at < (uint)bytes.Length && bytes[at] < 0x80)
        {
            Position = at + 1;
            return bytes[at] >> 1 ^ -(bytes[at] & 1);
        }

        ulong value = 0;
        for (var shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                Position = at;
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw new ProtocolException("A record holds a number that does not end.");
    }

    internal ReadOnlySpan<byte> Take(int count)
    {
        var at = Position;
        Skip(count);
        return _bytes.Slice(at, count);
    }

    internal void Skip(int count)
    {
        if (count < 0 || count > _bytes.Length - Position)
        {
            throw new ProtocolException("A record is shorter than it says.");
        }

        Position += count;
    }
}
