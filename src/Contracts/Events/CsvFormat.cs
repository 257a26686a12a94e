using System.Globalization;

namespace Lockstep.Contracts.Events;

/// <summary>What a subscriber's file begins with.</summary>
public enum CsvHeader
{
    /// <summary>The first event.</summary>
    None,

    /// <summary><c>header=true</c>: the names of the fields.</summary>
    Fields,

    /// <summary><c>header=full</c>: <c>opcode,flags,</c> and the names of the fields.</summary>
    Full,
}

/// <summary>How events stand in text (language.md 2.3): the csv properties of connectors and adapters.</summary>
public sealed record CsvFormat
{
    /// <summary>Between fields; property csvfielddelimiter.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>How date and stamp fields are written; null for numbers since 1970. Property dateformat.</summary>
    public DateFormat? DateFormat { get; init; }

    /// <summary>Lines have no opcode: insert, or upsert with <see cref="PublishWithUpsert"/>. Property addcsvopcode.</summary>
    public bool AddOpcode { get; init; }

    /// <summary>Lines have no flags: these are taken; null when lines have flags. Property addcsvflags.</summary>
    public EventFlags? AddFlags { get; init; }

    /// <summary>With <see cref="AddOpcode"/>: upsert instead of insert. Property publishwithupsert.</summary>
    public bool PublishWithUpsert { get; init; }

    /// <summary>Lines have no column for a key that the source window makes. Property noautogenfield.</summary>
    public bool NoAutogenField { get; init; }

    /// <summary>Lines to skip at the start of what a publisher reads. Property header of a publisher.</summary>
    public int HeaderLines { get; init; }

    /// <summary>What a subscriber writes first. Property header of a subscriber.</summary>
    public CsvHeader Header { get; init; }

    /// <summary>Reads the csv properties among those of a publisher.</summary>
    /// <param name="properties">Properties by name; others are ignored.</param>
    /// <param name="problems">Gets one sentence for each wrong value.</param>
    public static CsvFormat ForPublisher(IReadOnlyDictionary<string, string> properties, ICollection<string> problems) =>
        Common(properties, problems) with
        {
            AddOpcode = CsvProperties.Flag(properties, "addcsvopcode", problems),
            AddFlags = CsvProperties.Flags(properties, problems),
            PublishWithUpsert = CsvProperties.Flag(properties, "publishwithupsert", problems),
            NoAutogenField = CsvProperties.Flag(properties, "noautogenfield", problems),
            HeaderLines = CsvProperties.HeaderLines(properties, problems),
        };

    /// <summary>Reads the csv properties among those of a subscriber.</summary>
    /// <param name="properties">Properties by name; others are ignored.</param>
    /// <param name="problems">Gets one sentence for each wrong value.</param>
    public static CsvFormat ForSubscriber(IReadOnlyDictionary<string, string> properties, ICollection<string> problems) =>
        Common(properties, problems) with { Header = CsvProperties.Header(properties, problems) };

    private static CsvFormat Common(IReadOnlyDictionary<string, string> properties, ICollection<string> problems)
    {
        DateFormat? dateFormat = null;
        if (properties.TryGetValue("dateformat", out var text) && !DateFormat.TryParse(text, out dateFormat, out var problem))
        {
            problems.Add($"Property dateformat is '{text}': {problem}");
        }

        var delimiter = ',';
        if (properties.TryGetValue("csvfielddelimiter", out var given) && given.Length > 0)
        {
            delimiter = given is "\\t" ? '\t' : given[0];
            if (given.Length > 1 && given is not "\\t" || !char.IsAscii(delimiter) || delimiter is '"' or '\\' or '\n' or '\r')
            {
                problems.Add($"Property csvfielddelimiter is '{given}'; it must be one ASCII character, no quote or backslash.");
                delimiter = ',';
            }
        }

        return new CsvFormat { Delimiter = delimiter, DateFormat = dateFormat };
    }
}

/// <summary>Reads single csv properties.</summary>
internal static class CsvProperties
{
    public static bool Flag(IReadOnlyDictionary<string, string> properties, string name, ICollection<string> problems)
    {
        if (!properties.TryGetValue(name, out var value) || value.Length == 0)
        {
            return false;
        }

        if (value.Equals("true", StringComparison.OrdinalIgnoreCase) || value == "1")
        {
            return true;
        }

        if (!value.Equals("false", StringComparison.OrdinalIgnoreCase) && value != "0")
        {
            problems.Add($"Property {name} is '{value}'; it must be true or false.");
        }

        return false;
    }

    public static EventFlags? Flags(IReadOnlyDictionary<string, string> properties, ICollection<string> problems)
    {
        if (!properties.TryGetValue("addcsvflags", out var value) || value.Length == 0
            || value.Equals("none", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (value.Equals("normal", StringComparison.OrdinalIgnoreCase))
        {
            return EventFlags.None;
        }

        if (value.Equals("partialupdate", StringComparison.OrdinalIgnoreCase))
        {
            return EventFlags.PartialUpdate;
        }

        problems.Add($"Property addcsvflags is '{value}'; it must be none, normal or partialupdate.");
        return null;
    }

    public static int HeaderLines(IReadOnlyDictionary<string, string> properties, ICollection<string> problems)
    {
        if (!properties.TryGetValue("header", out var value) || value.Length == 0
            || value.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        if (value.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var lines))
        {
            return lines;
        }

        problems.Add($"Property header is '{value}'; a publisher's must be the number of lines to skip.");
        return 0;
    }

    public static CsvHeader Header(IReadOnlyDictionary<string, string> properties, ICollection<string> problems)
    {
        if (!properties.TryGetValue("header", out var value) || value.Length == 0
            || value.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            return CsvHeader.None;
        }

        if (value.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            return CsvHeader.Fields;
        }

        if (value.Equals("full", StringComparison.OrdinalIgnoreCase))
        {
            return CsvHeader.Full;
        }

        problems.Add($"Property header is '{value}'; a subscriber's must be true, full or false.");
        return CsvHeader.None;
    }
}
