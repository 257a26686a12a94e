using Lockstep.Contracts.Events;

namespace Lockstep.Scripting;

/// <summary>Lines of csv that a script injects, as events.</summary>
internal static class ScriptCsv
{
    /// <summary>The events of some lines: with opcode and flags in front, or values alone.</summary>
    /// <exception cref="ScriptException">A line can't be read, or there is no window for it.</exception>
    public static List<object?> Events(string text, Schema? schema)
    {
        if (schema is null)
        {
            throw new ScriptException("Nothing can be injected here.");
        }

        var block = new EventBlock(schema);
        var full = new CsvEventReader(schema, new CsvFormat());
        var bare = new CsvEventReader(schema, new CsvFormat { AddOpcode = true, AddFlags = EventFlags.None });
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var result = (HasOpcode(line) ? full : bare).Read(line, block);
            if (result.Kind == CsvLineKind.Error)
            {
                throw new ScriptException($"The line can't be read: {result.Message}");
            }
        }

        var fields = Enumerable.Range(0, schema.Fields.Length).ToArray();
        var events = new List<object?>();
        for (var row = 0; row < block.Count; row++)
        {
            var map = ScriptEvents.ToMap(block, row, fields);
            map[ScriptEvents.OpcodeKey] = block.Opcodes[row].ToString();
            events.Add(map);
        }

        return events;
    }

    private static bool HasOpcode(string line)
    {
        var parts = line.Split(',', 3, StringSplitOptions.TrimEntries);
        return parts.Length == 3 && parts[0].ToUpperInvariant() is "I" or "U" or "P" or "D" or "SD" && parts[1].ToUpperInvariant() is "N" or "P" or "R";
    }
}
