using System.Globalization;
using System.Text;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Databases;

/// <summary>Values between columns of tables and fields of events. Times are UTC.</summary>
internal static class DatabaseValues
{
    private const string IsoForm = "yyyy-MM-dd HH:mm:ss.FFFFFF";

    /// <summary>Text of a column's value that a field of a type reads; null for none.</summary>
    /// <param name="value">As ADO.NET gives it.</param>
    /// <param name="type">The field's type.</param>
    /// <param name="format">Form of times that stand in text.</param>
    public static string? TextOf(object? value, FieldType type, DateFormat? format)
    {
        if (value is null or DBNull)
        {
            return null;
        }

        if (type is FieldType.Date or FieldType.Stamp && MicrosecondsOf(value, format) is { } micros)
        {
            var unit = type == FieldType.Date ? 1_000_000 : 1;
            return (micros / unit).ToString(CultureInfo.InvariantCulture);
        }

        return value switch
        {
            bool flag => flag ? "1" : "0",
            byte[] bytes => type == FieldType.Blob ? Convert.ToBase64String(bytes) : Encoding.UTF8.GetString(bytes),
            string text => type == FieldType.Blob ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : text,
            decimal number when type is FieldType.Int32 or FieldType.Int64 && decimal.IsInteger(number) =>
                decimal.Truncate(number).ToString("F0", CultureInfo.InvariantCulture),
            DateTime or DateTimeOffset or DateOnly => TimeText(MicrosecondsOf(value, format) ?? 0, format),
            Array items => $"[{string.Join(';', items.Cast<object?>().Select(i => TextOf(i, FieldType.String, format) ?? ""))}]",
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
    }

    /// <summary>A field's value as a column of a table takes it.</summary>
    /// <param name="value">As an event's column gives it.</param>
    /// <param name="type">The field's type.</param>
    /// <param name="target">Type of the table's column in ADO.NET.</param>
    /// <param name="typeName">Its type in the database.</param>
    /// <param name="format">Form of times that go into text.</param>
    /// <exception cref="FormatException">The value is none of that type.</exception>
    /// <exception cref="OverflowException">It is out of that type's range.</exception>
    /// <exception cref="InvalidCastException">There is no way from one type to the other.</exception>
    public static object ForColumn(object? value, FieldType type, Type target, string typeName, DateFormat? format)
    {
        switch (value)
        {
            case null:
                return DBNull.Value;
            case long number when type is FieldType.Date or FieldType.Stamp:
                var micros = type == FieldType.Date ? checked(number * 1_000_000) : number;
                return target == typeof(string) ? TimeText(micros, format) : TimeFor(micros, target, typeName) ?? ToNumber(number, target);
            case string text when target == typeof(DateTime) || target == typeof(DateOnly) || target == typeof(DateTimeOffset):
                var time = MicrosecondsOf(text, format) ?? throw new FormatException($"'{text}' is no time.");
                return TimeFor(time, target, typeName) ?? text;
            case string text when target == typeof(Guid):
                return Guid.Parse(text, CultureInfo.InvariantCulture);
            case byte[] bytes when target == typeof(string):
                return Convert.ToBase64String(bytes);
            case Array items when target == typeof(string) && value is not byte[]:
                return TextOf(items, FieldType.String, format)!;
            default:
                return ToNumber(value, target);
        }
    }

    private static object ToNumber(object value, Type target) =>
        target == typeof(object) || target.IsInstanceOfType(value) || target.IsArray || target == typeof(Array)
            ? value
            : Convert.ChangeType(value, target, CultureInfo.InvariantCulture);

    private static object? TimeFor(long micros, Type target, string typeName)
    {
        if (target != typeof(DateTime) && target != typeof(DateOnly) && target != typeof(DateTimeOffset))
        {
            return null;
        }

        // What lies beyond the years 1 to 9999 is refused here and not bent.
        var time = DateTime.UnixEpoch.AddTicks(checked(micros * TimeSpan.TicksPerMicrosecond));
        if (target == typeof(DateOnly))
        {
            return DateOnly.FromDateTime(time);
        }

        // PostgreSQL takes UTC for columns with a time zone only, and times of no zone for the others.
        return typeName.Contains("with time zone", StringComparison.OrdinalIgnoreCase) ? time : DateTime.SpecifyKind(time, DateTimeKind.Unspecified);
    }

    private static long? MicrosecondsOf(object value, DateFormat? format)
    {
        switch (value)
        {
            case DateTime time:
                return Since1970(time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time);
            case DateTimeOffset time:
                return Since1970(time.UtcDateTime);
            case DateOnly day:
                return Since1970(day.ToDateTime(TimeOnly.MinValue));
            case string text when format is not null && format.TryRead(Encoding.UTF8.GetBytes(text), out var micros):
                return micros;
            case string text when !long.TryParse(text, CultureInfo.InvariantCulture, out _) && DateTime.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time):
                return Since1970(time);
            default:
                return null;
        }
    }

    private static long Since1970(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static string TimeText(long micros, DateFormat? format)
    {
        if (format is null)
        {
            return DateTime.UnixEpoch.AddTicks(checked(micros * TimeSpan.TicksPerMicrosecond)).ToString(IsoForm, CultureInfo.InvariantCulture);
        }

        Span<byte> output = stackalloc byte[2 * DateFormat.MaxLength];
        var length = format.Write(micros, withFraction: micros % 1_000_000 != 0, output);
        return Encoding.UTF8.GetString(output[..length]);
    }
}
