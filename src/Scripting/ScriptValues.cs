using Lockstep.Scripting.Python;

namespace Lockstep.Scripting;

/// <summary>Values that scripts share: kept in one form, whatever script and language they come from.</summary>
public static class ScriptValues
{
    /// <summary>A copy of a value whose maps have their keys in order, on every member.</summary>
    /// <exception cref="ScriptException">It is no plain value.</exception>
    public static object? Ordered(object? value) => value switch
    {
        Dictionary<string, object?> map => new Dictionary<string, object?>(
            map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Ordered(p.Value))), StringComparer.Ordinal),
        List<object?> list => list.ConvertAll(Ordered),
        null or bool or long or double or string or byte[] => value,
        _ => throw new ScriptException($"A {value.GetType().Name} is no value that scripts can share."),
    };

    /// <summary>True when two values are the same, down to what lists and maps hold.</summary>
    public static bool AreEqual(object? one, object? other) => ToBytes(one).AsSpan().SequenceEqual(ToBytes(other));

    /// <summary>A value as bytes; equal values whose maps are ordered give equal ones.</summary>
    public static byte[] ToBytes(object? value)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        Marshal.Write(writer, value);
        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>The value of bytes.</summary>
    /// <exception cref="InvalidDataException">They are not those of a value.</exception>
    public static object? FromBytes(ReadOnlySpan<byte> bytes) => Marshal.Read(bytes);
}
