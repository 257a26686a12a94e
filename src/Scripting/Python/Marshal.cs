using System.Buffers.Binary;
using System.Text;

namespace Lockstep.Scripting.Python;

/// <summary>
/// The marshal format of Python, version 2, as far as plain values need it: a letter, then by letter.
/// <code>
/// N none | T F | i i32 | l i32 digits (negative: sign), u16 of 15 bits each | g f64 | u i32 length, UTF-8 | s i32 length, bytes
/// [ ( i32 count, values | { key, value, ..., 0
/// </code>
/// </summary>
internal static class Marshal
{
    private const int DepthMax = 80;
    private const int DigitBits = 15;

    public static void Write(BinaryWriter to, object? value)
    {
        switch (value)
        {
            case null: to.Write((byte)'N'); break;
            case bool flag: to.Write((byte)(flag ? 'T' : 'F')); break;
            case int whole: WriteWhole(to, whole); break;
            case long whole: WriteWhole(to, whole); break;
            case double real:
                to.Write((byte)'g');
                to.Write(real);
                break;
            case string text: WriteBytes(to, 'u', Encoding.UTF8.GetBytes(text)); break;
            case byte[] bytes: WriteBytes(to, 's', bytes); break;
            case object?[] array: WriteList(to, '(', array); break;
            case List<object?> list: WriteList(to, '[', list); break;
            case Dictionary<string, object?> map:
                to.Write((byte)'{');
                foreach (var (key, item) in map)
                {
                    Write(to, key);
                    Write(to, item);
                }

                to.Write((byte)'0');
                break;
            default: throw new ScriptException($"A {value.GetType().Name} is no value of a script.");
        }
    }

    /// <summary>Reads one value.</summary>
    /// <exception cref="InvalidDataException">It is not in the format.</exception>
    public static object? Read(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes;
        var value = Read(ref rest, 0);
        return rest.IsEmpty ? value : throw new InvalidDataException("Bytes follow the value.");
    }

    private static void WriteWhole(BinaryWriter to, long whole)
    {
        if (whole == (int)whole)
        {
            to.Write((byte)'i');
            to.Write((int)whole);
            return;
        }

        var left = whole < 0 ? (ulong)-(whole + 1) + 1 : (ulong)whole;
        var digits = (64 - System.Numerics.BitOperations.LeadingZeroCount(left) + DigitBits - 1) / DigitBits;
        to.Write((byte)'l');
        to.Write(whole < 0 ? -digits : digits);
        for (; digits > 0; digits--, left >>= DigitBits)
        {
            to.Write((ushort)(left & 0x7FFF));
        }
    }

    private static void WriteBytes(BinaryWriter to, char letter, byte[] bytes)
    {
        to.Write((byte)letter);
        to.Write(bytes.Length);
        to.Write(bytes);
    }

    private static void WriteList(BinaryWriter to, char letter, IReadOnlyList<object?> items)
    {
        to.Write((byte)letter);
        to.Write(items.Count);
        foreach (var item in items)
        {
            Write(to, item);
        }
    }

    private static object? Read(ref ReadOnlySpan<byte> rest, int depth)
    {
        if (depth > DepthMax)
        {
            throw new InvalidDataException("It nests too deep.");
        }

        switch ((char)Take(ref rest, 1)[0])
        {
            case 'N': return null;
            case 'T': return true;
            case 'F': return false;
            case 'i': return (long)BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4));
            case 'l': return ReadLong(ref rest);
            case 'g': return BinaryPrimitives.ReadDoubleLittleEndian(Take(ref rest, 8));
            case 'u' or 't' or 'a' or 'A': return Encoding.UTF8.GetString(Take(ref rest, ReadLength(ref rest)));
            case 's': return Take(ref rest, ReadLength(ref rest)).ToArray();
            case '(' or '[': return ReadList(ref rest, depth);
            case '{': return ReadMap(ref rest, depth);
            case var other: throw new InvalidDataException($"A value begins with '{other}'.");
        }
    }

    private static long ReadLong(ref ReadOnlySpan<byte> rest)
    {
        var digits = BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4));
        if (Math.Abs((long)digits) > 5)
        {
            throw new InvalidDataException("A number has more than 64 bits.");
        }

        var value = 0UL;
        for (var i = 0; i < Math.Abs(digits); i++)
        {
            value |= (ulong)BinaryPrimitives.ReadUInt16LittleEndian(Take(ref rest, 2)) << (DigitBits * i);
        }

        return digits < 0 ? unchecked(-(long)value) : (long)value;
    }

    private static List<object?> ReadList(ref ReadOnlySpan<byte> rest, int depth)
    {
        var count = ReadLength(ref rest);
        var list = new List<object?>(count);
        for (var i = 0; i < count; i++)
        {
            list.Add(Read(ref rest, depth + 1));
        }

        return list;
    }

    private static Dictionary<string, object?> ReadMap(ref ReadOnlySpan<byte> rest, int depth)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (true)
        {
            if (!rest.IsEmpty && rest[0] == (byte)'0')
            {
                rest = rest[1..];
                return map;
            }

            var key = Read(ref rest, depth + 1) as string ?? throw new InvalidDataException("A key is no text.");
            map[key] = Read(ref rest, depth + 1);
        }
    }

    // Each item has a byte at least, so a count is bounded by what is there.
    private static int ReadLength(ref ReadOnlySpan<byte> rest)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4));
        return length >= 0 && length <= rest.Length ? length : throw new InvalidDataException("A length is out of range.");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count)
    {
        if (count > rest.Length)
        {
            throw new InvalidDataException("It ends too early.");
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
