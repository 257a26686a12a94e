using System.Globalization;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Functions;

/// <summary>
/// A value of the functional language: null, a whole or real number, or text. Text that looks like a number is one.
/// </summary>
internal readonly struct Variant
{
    private readonly Kind _kind;
    private readonly long _bits;
    private readonly string? _text;

    private Variant(Kind kind, long bits, string? text)
    {
        _kind = kind;
        _bits = bits;
        _text = text;
    }

    private enum Kind : byte
    {
        Null,
        Whole,
        Real,
        Text,
    }

    public static Variant Null => default;

    public bool IsNull => _kind == Kind.Null;

    public bool IsWhole => _kind == Kind.Whole;

    public static Variant Of(long value) => new(Kind.Whole, value, null);

    public static Variant Of(double value) => new(Kind.Real, BitConverter.DoubleToInt64Bits(value), null);

    public static Variant Of(string? value) => value is null ? Null : new(Kind.Text, 0, value);

    public static Variant Of(bool value) => Of(value ? 1L : 0L);

    public static Variant Of(long? value) => value is { } v ? Of(v) : Null;

    public static Variant Of(double? value) => value is { } v ? Of(v) : Null;

    /// <summary>The value as a real number; null when it is not one.</summary>
    public double? ToReal() => _kind switch
    {
        Kind.Whole => _bits,
        Kind.Real => BitConverter.Int64BitsToDouble(_bits),
        Kind.Text => Coercion.ToReal(_text),
        _ => null,
    };

    /// <summary>The value as a whole number, truncated; null when it is not a number.</summary>
    public long? ToWhole() => _kind switch
    {
        Kind.Whole => _bits,
        Kind.Real => Coercion.ToInteger(BitConverter.Int64BitsToDouble(_bits)),
        Kind.Text => Coercion.ToInteger(_text),
        _ => null,
    };

    public string? ToText() => _kind switch
    {
        Kind.Whole => _bits.ToString(CultureInfo.InvariantCulture),
        Kind.Real => BitConverter.Int64BitsToDouble(_bits).ToString("R", CultureInfo.InvariantCulture),
        _ => _text,
    };

    /// <summary>False for null, 0, "" and "false".</summary>
    public bool ToBoolean() => _kind switch
    {
        Kind.Null => false,
        Kind.Text => ToReal() is { } number ? number != 0
            : _text!.Length > 0 && !_text.Equals("false", StringComparison.OrdinalIgnoreCase),
        _ => ToReal() != 0,
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
