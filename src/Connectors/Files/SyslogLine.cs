using System.Globalization;
using System.Text.RegularExpressions;

namespace Lockstep.Connectors.Files;

/// <summary>
/// A line of syslog as RFC 5424 or RFC 3164 has it, with its priority or, as in files, without: parts <c>priority</c>, <c>facility</c>,
/// <c>severity</c>, <c>version</c>, <c>timestamp</c>, <c>hostname</c>, <c>appname</c>, <c>procid</c>, <c>msgid</c>, <c>structureddata</c>,
/// <c>message</c>. The names are ours; nil values (<c>-</c>) are left out.
/// </summary>
internal static partial class SyslogLine
{
    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="parts">Takes its parts.</param>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public static string? Read(string line, ICollection<LogPart> parts)
    {
        var rest = ReadPriority(line, parts);
        if (New().Match(rest) is { Success: true } match)
        {
            foreach (var name in (ReadOnlySpan<string>)["version", "timestamp", "hostname", "appname", "procid", "msgid", "structureddata"])
            {
                Add(parts, name, match.Groups[name].Value);
            }

            Add(parts, "message", match.Groups["message"].Value.TrimStart('\uFEFF'));
            return null;
        }

        var body = ReadTimeAndHost(rest, parts);
        if (body is null && rest.Length == line.Length)
        {
            return "The line is no syslog: it begins neither with a priority, as <34>, nor with a time.";
        }

        // RFC 3164, 4.3: what has a priority and nothing else that is known is a message all the same.
        var tag = Tag().Match(body ?? rest);
        Add(parts, "appname", tag.Groups["appname"].Value);
        Add(parts, "procid", tag.Groups["procid"].Value);
        Add(parts, "message", tag.Success ? tag.Groups["message"].Value : body ?? rest);
        return null;
    }

    /// <summary>Reads what stands before a message of another kind: priority, time and host, each if it is there.</summary>
    /// <param name="prefix">The text.</param>
    /// <param name="parts">Takes its parts.</param>
    public static void ReadPrefix(string prefix, ICollection<LogPart> parts)
    {
        var rest = ReadPriority(prefix, parts);
        if (NewPrefix().Match(rest) is { Success: true } match)
        {
            Add(parts, "timestamp", match.Groups["timestamp"].Value);
            Add(parts, "hostname", match.Groups["hostname"].Value);
            return;
        }

        ReadTimeAndHost(rest + " ", parts);
    }

    private static string ReadPriority(string line, ICollection<LogPart> parts)
    {
        if (Priority().Match(line) is not { Success: true } match)
        {
            return line;
        }

        var priority = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Add(parts, "priority", priority.ToString(CultureInfo.InvariantCulture));
        Add(parts, "facility", (priority / 8).ToString(CultureInfo.InvariantCulture));
        Add(parts, "severity", (priority % 8).ToString(CultureInfo.InvariantCulture));
        return line[match.Length..];
    }

    /// <summary>Gives what follows; null: there is no time.</summary>
    private static string? ReadTimeAndHost(string text, ICollection<LogPart> parts)
    {
        if (Old().Match(text) is not { Success: true } match)
        {
            return null;
        }

        Add(parts, "timestamp", match.Groups["timestamp"].Value);
        Add(parts, "hostname", match.Groups["hostname"].Value);
        return text[match.Length..];
    }

    private static void Add(ICollection<LogPart> parts, string name, string value)
    {
        if (value.Length > 0 && value != "-")
        {
            parts.Add(new LogPart(name, value));
        }
    }

    [GeneratedRegex(@"^<(\d{1,2}|1[0-8]\d|19[01])>")]
    private static partial Regex Priority();

    // In structured data a quote or bracket within quotes has a backslash before it.
    [GeneratedRegex(@"^(?<version>[1-9]\d{0,2}) (?<timestamp>\S+) (?<hostname>\S+) (?<appname>\S+) (?<procid>\S+) (?<msgid>\S+) "
        + @"(?<structureddata>-|(?:\[(?:[^\]""]|""(?:\\.|[^""\\])*"")*\])+)(?: (?<message>.*))?$")]
    private static partial Regex New();

    [GeneratedRegex(@"^[1-9]\d{0,2} (?<timestamp>\S+) (?<hostname>\S+)")]
    private static partial Regex NewPrefix();

    [GeneratedRegex(@"^(?<timestamp>[A-Z][a-z]{2} [ \d]?\d(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\S+) +(?:(?<hostname>\S*[^\s:\]]) +)?")]
    private static partial Regex Old();

    [GeneratedRegex(@"^(?<appname>[^\s\[\]:]+)(?:\[(?<procid>[^\]]*)\])?: ?(?<message>.*)$")]
    private static partial Regex Tag();
}
