using System.Globalization;
using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Windows;

/// <summary>Text about events, for reports and for expressions and fields that see opcode and flags.</summary>
internal static class EventText
{
    private const int ValueCharsMax = 80;

    /// <summary><c>id=7, motor=left</c>; "no key" for a schema without.</summary>
    public static string Key(EventBlock block, int row)
    {
        var parts = block.Schema.KeyIndexes.Select(i => $"{block.Schema.Fields[i].Name}={Value(block, i, row)}");
        return block.Schema.KeyIndexes.Length == 0 ? "no key" : string.Join(", ", parts);
    }

    /// <summary>An opcode as csv has it.</summary>
    public static string Of(Opcode opcode) => opcode switch
    {
        Opcode.Insert => "I",
        Opcode.Update => "U",
        Opcode.Upsert => "P",
        Opcode.Delete => "D",
        Opcode.UpdateBlock => "UB",
        _ => "SD",
    };

    /// <summary>Flags as csv has them.</summary>
    public static string Of(EventFlags flags) => flags switch
    {
        EventFlags.None => "N",
        EventFlags.PartialUpdate => "P",
        EventFlags.Retention => "R",
        _ => "PR",
    };

    private static string Value(EventBlock block, int column, int row)
    {
        var text = Convert.ToString(block.Columns[column].GetObject(row), CultureInfo.InvariantCulture) ?? "null";
        return text.Length <= ValueCharsMax ? text : string.Concat(text.AsSpan(0, ValueCharsMax), "...");
    }
}
