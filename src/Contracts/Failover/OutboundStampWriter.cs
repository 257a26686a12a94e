using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Failover;

/// <summary>
/// Writes the stamps of the records of one step: what they share is encoded once, so that each costs a copy and three numbers.
/// Gives the bytes of <see cref="OutboundStampCodec.Encode"/>. Not thread safe.
/// </summary>
public sealed class OutboundStampWriter
{
    private const int FlagsAt = 1;
    private const int OwnBytes = 3 * Varint.MaxLength;
    private readonly byte[] _bytes;
    private readonly int _ownAt;
    private readonly byte[] _tail;

    /// <summary>Encodes what the stamps share.</summary>
    /// <param name="step">A stamp of the step; its q, message id and last flag are not used.</param>
    /// <exception cref="ArgumentException">As <see cref="OutboundStampCodec.Encode"/>.</exception>
    public OutboundStampWriter(OutboundStamp step)
    {
        // q, topic index and offset 0 take a byte each, so that the two halves are found from both ends.
        var whole = OutboundStampCodec.Encode(step with { Q = 0, MessageId = default, IsLast = false });
        var rest = (ReadOnlySpan<byte>)whole.AsSpan(2);
        for (var i = 0; i < 3; i++)
        {
            Varint.TryRead(ref rest, out _);
        }

        _ownAt = whole.Length - rest.Length;
        _tail = whole[(_ownAt + 3)..];
        _bytes = new byte[whole.Length + OwnBytes];
        whole.AsSpan(0, _ownAt).CopyTo(_bytes);
    }

    /// <summary>The stamp of one record; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(long q, MessageId id, bool isLast)
    {
        _bytes[FlagsAt] = isLast ? (byte)1 : (byte)0;
        var at = _ownAt;
        at += Varint.Write(_bytes.AsSpan(at), checked((ulong)q));
        at += Varint.Write(_bytes.AsSpan(at), checked((uint)id.TopicIndex));
        at += Varint.Write(_bytes.AsSpan(at), checked((ulong)id.Offset));
        _tail.CopyTo(_bytes.AsSpan(at));
        return _bytes.AsSpan(0, at + _tail.Length);
    }
}
