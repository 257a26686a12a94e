using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Failover;

/// <summary>
/// Outbound stamps as bytes of the record header <see cref="OutboundStamp.HeaderName"/> (docs/formats/topics.md). Thread safe.
/// </summary>
/// <remarks>
/// <code>
/// version 1 | flags, bit 0: last | varints: epoch, sequence, stream time (zigzag), q, message id topic, message id offset,
/// number of runs | a run: topic, first offset, last - first + 1 | texts, each length and UTF-8: group, member, version
/// </code>
/// Bytes after the last text are ignored: a newer writer may add to them.
/// </remarks>
public static class OutboundStampCodec
{
    private const byte Version = 1;
    private const int MaxTextBytes = 1024;

    /// <summary>The stamp as bytes.</summary>
    /// <exception cref="ArgumentException">A name is longer than 1024 bytes, or a number is negative.</exception>
    public static byte[] Encode(OutboundStamp stamp)
    {
        var texts = (ReadOnlySpan<string>)[stamp.Group, stamp.Member, stamp.Version];
        var bound = 2 + 7 * Varint.MaxLength + stamp.Runs.Length * 3 * Varint.MaxLength;
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetByteCount(text);
            bound += Varint.MaxLength + (bytes <= MaxTextBytes ? bytes : throw new ArgumentException("A name is too long.", nameof(stamp)));
        }

        var span = new byte[bound].AsSpan();
        span[0] = Version;
        span[1] = stamp.IsLast ? (byte)1 : (byte)0;
        var at = 2;
        at += Put(span[at..], stamp.Epoch.Value);
        at += Put(span[at..], stamp.Sequence);
        at += Varint.Write(span[at..], Varint.Zigzag(stamp.StreamTime));
        at += Put(span[at..], stamp.Q);
        at += Put(span[at..], stamp.MessageId.TopicIndex);
        at += Put(span[at..], stamp.MessageId.Offset);
        at += Put(span[at..], stamp.Runs.Length);
        foreach (var run in stamp.Runs)
        {
            at += Put(span[at..], run.TopicIndex);
            at += Put(span[at..], run.FirstOffset);
            at += Put(span[at..], run.LastOffset - run.FirstOffset + 1);
        }

        foreach (var text in texts)
        {
            at += Put(span[at..], Encoding.UTF8.GetByteCount(text));
            at += Encoding.UTF8.GetBytes(text, span[at..]);
        }

        return span[..at].ToArray();
    }

    /// <summary>Reads a stamp.</summary>
    /// <exception cref="FormatException">The bytes are not a stamp of version 1.</exception>
    public static OutboundStamp Decode(ReadOnlySpan<byte> bytes) => TryDecode(bytes, out var stamp)
        ? stamp!
        : throw new FormatException($"{bytes.Length} bytes are not an outbound stamp of version {Version}.");

    /// <summary>Reads a stamp; false when the bytes are not one.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out OutboundStamp? stamp)
    {
        stamp = null;
        if (bytes.Length < 2 || bytes[0] != Version || bytes[1] > 1)
        {
            return false;
        }

        var isLast = bytes[1] == 1;
        var rest = bytes[2..];
        if (!Take(ref rest, out var epoch) || !Take(ref rest, out var sequence) || !Varint.TryRead(ref rest, out var time)
            || !Take(ref rest, out var q) || !Take(ref rest, out var topic) || !Take(ref rest, out var offset)
            || topic > int.MaxValue || !TakeRuns(ref rest, out var runs)
            || !TakeText(ref rest, out var group) || !TakeText(ref rest, out var member) || !TakeText(ref rest, out var version))
        {
            return false;
        }

        stamp = new OutboundStamp
        {
            Group = group,
            Member = member,
            Epoch = new Epoch(epoch),
            Sequence = sequence,
            StreamTime = Varint.Unzigzag(time),
            Runs = runs,
            MessageId = new MessageId((int)topic, offset),
            Q = q,
            IsLast = isLast,
            Version = version,
        };
        return true;
    }

    /// <summary>
    /// Reads what tells records of one topic apart, without memory of its own; false when the bytes are not a stamp. What stands
    /// behind the group's name is not looked at.
    /// </summary>
    public static bool TryPeek(ReadOnlySpan<byte> bytes, out long epoch, out long q, out ReadOnlySpan<byte> group)
    {
        epoch = q = 0;
        group = default;
        if (bytes.Length < 2 || bytes[0] != Version || bytes[1] > 1)
        {
            return false;
        }

        var rest = bytes[2..];
        if (!Take(ref rest, out epoch) || !Take(ref rest, out _) || !Varint.TryRead(ref rest, out _) || !Take(ref rest, out q)
            || !Take(ref rest, out _) || !Take(ref rest, out _) || !Take(ref rest, out var runs) || runs > rest.Length)
        {
            return false;
        }

        for (; runs > 0; runs--)
        {
            if (!Take(ref rest, out _) || !Take(ref rest, out _) || !Take(ref rest, out _))
            {
                return false;
            }
        }

        if (!Take(ref rest, out var length) || length > rest.Length || length > MaxTextBytes)
        {
            return false;
        }

        group = rest[..(int)length];
        return true;
    }

    private static int Put(Span<byte> span, long value) => value >= 0
        ? Varint.Write(span, (ulong)value)
        : throw new ArgumentException($"A stamp cannot hold {value}.");

    private static bool Take(ref ReadOnlySpan<byte> rest, out long value)
    {
        var found = Varint.TryRead(ref rest, out var number) && number <= long.MaxValue;
        value = (long)number;
        return found;
    }

    private static bool TakeRuns(ref ReadOnlySpan<byte> rest, out ImmutableArray<InboundRun> runs)
    {
        runs = [];
        const int leastBytesOfRun = 3;
        if (!Take(ref rest, out var count) || count > rest.Length / leastBytesOfRun)
        {
            return false;
        }

        var builder = ImmutableArray.CreateBuilder<InboundRun>((int)count);
        for (var i = 0; i < count; i++)
        {
            if (!Take(ref rest, out var topic) || topic > int.MaxValue || !Take(ref rest, out var first)
                || !Take(ref rest, out var length) || first > long.MaxValue - length)
            {
                return false;
            }

            builder.Add(new InboundRun((int)topic, first, first + length - 1));
        }

        runs = builder.MoveToImmutable();
        return true;
    }

    private static bool TakeText(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (!Take(ref rest, out var length) || length > rest.Length || length > MaxTextBytes || !Utf8.IsValid(rest[..(int)length]))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(rest[..(int)length]);
        rest = rest[(int)length..];
        return true;
    }
}
