namespace Lockstep.Engine.Expressions;

/// <summary>
/// Functions that give a whole number for whole numbers and a real one for others; null for a null.
/// </summary>
internal static class Numbers
{
    public static long? Abs(long? value) => value is { } v ? v == long.MinValue ? v : Math.Abs(v) : null;

    public static double? Abs(double? value) => value is { } v ? Math.Abs(v) : null;

    public static long? Max(long? left, long? right) => left is { } l && right is { } r ? Math.Max(l, r) : null;

    public static double? Max(double? left, double? right) => left is { } l && right is { } r ? Math.Max(l, r) : null;

    public static long? Min(long? left, long? right) => left is { } l && right is { } r ? Math.Min(l, r) : null;

    public static double? Min(double? left, double? right) => left is { } l && right is { } r ? Math.Min(l, r) : null;

    public static double? Pow(double? value, double? exponent) =>
        value is { } v && exponent is { } e && Math.Pow(v, e) is var power && double.IsFinite(power) ? power : null;
}
