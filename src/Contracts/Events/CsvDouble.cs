using System.Buffers.Text;
using System.Globalization;

namespace Lockstep.Contracts.Events;

/// <summary>
/// Doubles as the C library prints them: <c>%f</c>, six decimals, or <c>%g</c> for anything smaller than 1e-6 in size, which
/// <c>%f</c> would print as zero.
/// </summary>
internal static class CsvDouble
{
    /// <summary>The longest double in six decimals has 309 digits before the point.</summary>
    public const int MaxLength = 336;

    private const double Scale = 1e6;

    /// <summary>Below it each whole double is a whole long.</summary>
    private const double MostWhole = 1L << 53;

    public static int Write(double value, Span<byte> output)
    {
        if (!double.IsFinite(value))
        {
            var name = double.IsNaN(value) ? "nan"u8 : value > 0 ? "inf"u8 : "-inf"u8;
            name.CopyTo(output);
            return name.Length;
        }

        var size = Math.Abs(value);
        if (size < 1e-6 && size != 0)
        {
            value.TryFormat(output, out var small, "0.#####e-00", CultureInfo.InvariantCulture);
            return small;
        }

        if (size < 1e6)
        {
            // In this range scaling errs by less than 1e-4, so that away from the middle between two results it rounds right.
            var scaled = size * Scale;
            var whole = (long)scaled;
            var part = scaled - whole;
            if (Math.Abs(part - 0.5) > 1e-3)
            {
                return WriteScaled(double.IsNegative(value), part > 0.5 ? whole + 1 : whole, output);
            }
        }

        if (size < MostWhole && value == (long)value)
        {
            Utf8Formatter.TryFormat((long)value, output, out var digits);
            ".000000"u8.CopyTo(output[digits..]);
            return digits + 7;
        }

        value.TryFormat(output, out var written, "F6", CultureInfo.InvariantCulture);
        return IsTie(size) ? RoundTieToEven(value, output) : written;
    }

    private static int WriteScaled(bool negative, long millionths, Span<byte> output)
    {
        var at = 0;
        if (negative)
        {
            output[at++] = (byte)'-';
        }

        Utf8Formatter.TryFormat(millionths / 1_000_000, output[at..], out var written);
        at += written;
        output[at] = (byte)'.';
        var fraction = (int)(millionths % 1_000_000);
        for (var i = 6; i > 0; i--)
        {
            output[at + i] = (byte)('0' + fraction % 10);
            fraction /= 10;
        }

        return at + 7;
    }

    /// <summary>
    /// True when the seventh decimal is an exact 5: value * 2e6 is odd and whole, which a binary number is only as odd / 128.
    /// .NET rounds such a value away from zero, the C library to even.
    /// </summary>
    private static bool IsTie(double size) => size < 1L << 45 && size * 128 is var scaled && scaled == Math.Floor(scaled) && (long)scaled % 2 == 1;

    private static int RoundTieToEven(double value, Span<byte> output)
    {
        value.TryFormat(output, out var written, "F7", CultureInfo.InvariantCulture);
        if ((output[written - 2] - '0') % 2 == 0)
        {
            return written - 1;
        }

        value.TryFormat(output, out written, "F6", CultureInfo.InvariantCulture);
        return written;
    }
}
