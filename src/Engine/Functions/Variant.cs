using System.Globalization;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Functions;

/// <summary>
/// A value of the functional language: null, a whole or real number, text, or what a property holds (list, map, document).
/// Text that looks like a number is one.
/// </summary>
internal readonly struct Variant
{
    private readonly Kind _kind;
    private readonly long _bits;
    private readonly object? _object;

    private Variant(Kind kind, long bits, object? held)
    {
        _kind = kind;
        _bits = bits;
        _object = held;
    }

    private enum Kind : byte
    {
        Null,
        Whole,
        Real,
        Text,
        Context,
    }

    public static Variant Null => default;

    public bool IsNull => _kind == Kind.Null;

    public bool IsWhole => _kind == Kind.Whole;

    /// <summary>What a property holds; null for plain values.</summary>
    public ContextValue? Context => _kind == Kind.Context ? (ContextValue)_object! : null;

    public static Variant Of(long value) => new(Kind.Whole, value, null);

    public static Variant Of(double value) => new(Kind.Real, BitConverter.DoubleToInt64Bits(value), null);

    public static Variant Of(string? value) => value is null ? Null : new(Kind.Text, 0, value);

    public static Variant Of(ContextValue? value) => value is null ? Null : new(Kind.Context, 0, value);

    public static Variant Of(bool value) => Of(value ? 1L : 0L);

    public static Variant Of(long? value) => value is { } v ? Of(v) : Null;

    public static Variant Of(double? value) => value is { } v ? Of(v) : Null;

    /// <summary>The value as a real number; null when it is not one.</summary>
    public double? ToReal() => _kind switch
    {
        Kind.Whole => _bits,
        Kind.Real => BitConverter.Int64BitsToDouble(_bits),
        Kind.Null => null,
        _ => Coercion.ToReal(ToText()),
    };

    /// <summary>The value as a whole number, truncated; null when it is not a number.</summary>
    public long? ToWhole() => _kind switch
    {
        Kind.Whole => _bits,
        Kind.Real => Coercion.ToInteger(BitConverter.Int64BitsToDouble(_bits)),
        Kind.Null => null,
        _ => Coercion.ToInteger(ToText()),
    };

    public string? ToText() => _kind switch
    {
        Kind.Whole => _bits.ToString(CultureInfo.InvariantCulture),
        Kind.Real => BitConverter.Int64BitsToDouble(_bits).ToString("R", CultureInfo.InvariantCulture),
        Kind.Context => ((ContextValue)_object!).Text,
        _ => (string?)_object,
    };

    /// <summary>False for null, 0, "" and "false".</summary>
    public bool ToBoolean() => _kind switch
    {
        Kind.Null => false,
        Kind.Whole or Kind.Real => ToReal() != 0,
        _ => ToReal() is { } number ? number != 0
            : ToText() is { Length: > 0 } text && !text.Equals("false", StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>Order of two values: as numbers when both are, else as text; null when one is null.</summary>
    public static int? Compare(Variant left, Variant right)
    {
        if (left.IsNull || right.IsNull)
        {
            return null;
        }

        if (left.IsWhole && right.IsWhole)
        {
            return left._bits.CompareTo(right._bits);
        }

        return left.ToReal() is { } l && right.ToReal() is { } r
            ? l.CompareTo(r)
            : string.CompareOrdinal(left.ToText(), right.ToText());
    }
}
