using Lockstep.Contracts.Events;
using Lockstep.Engine.Functions;
using Lockstep.Engine.Windows.Compute;

namespace Lockstep.Engine.Windows.Functional;

/// <summary>Puts results into columns, converted to the field's type; what does not convert is null.</summary>
internal static class FieldValues
{
    /// <summary>Appends a value to a column.</summary>
    public static void Append(Column target, Variant value)
    {
        switch (target)
        {
            case Column<long> c when FieldWriters.ToWhole(value.ToWhole(), target.Type) is { } whole:
                c.Append(whole);
                break;
            case Column<double> c when value.ToReal() is { } real:
                c.Append(real);
                break;
            case Column<string> c when value.ToText() is { } text:
                c.Append(text);
                break;
            case Column<decimal> c when FieldWriters.ToMoney(value.ToReal()) is { } amount:
                c.Append(amount);
                break;
            case Column<double?[]> c when Items(value) is { } items:
                c.Append(Array.ConvertAll(items, i => Variant.Of(i).ToReal()));
                break;
            case Column<long?[]> c when Items(value) is { } items:
                c.Append(Array.ConvertAll(items, i => Variant.Of(i).ToWhole()));
                break;
            case Column<byte[]> c when Bytes(value.ToText()) is { } bytes:
                c.Append(bytes);
                break;
            default:
                target.AppendNull();
                break;
        }
    }

    // [1;2;3] as in csv, [1,2,3] as in JSON, or a list.
    private static string[]? Items(Variant value)
    {
        if (value.Context is ListValue list)
        {
            return list.Items;
        }

        var text = value.ToText()?.Trim();
        return text is not ['[', .., ']'] ? null
            : text.Length == 2 ? []
            : text[1..^1].Split(text.Contains(';', StringComparison.Ordinal) ? ';' : ',');
    }

    private static byte[]? Bytes(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? bytes[..written] : null;
    }
}
