using System.Text;
using System.Text.RegularExpressions;

namespace Lockstep.Connectors.Files;

/// <summary>
/// A line of the Common Event Format: <c>CEF:0|vendor|product|version|id|name|severity|key=value key=value</c>. Parts <c>version</c>,
/// <c>deviceVendor</c>, <c>deviceProduct</c>, <c>deviceVersion</c>, <c>signatureId</c>, <c>name</c>, <c>severity</c>, and the keys of the
/// extension by their names. The names of the first seven as fields are ours.
/// </summary>
internal static partial class CefLine
{
    private const string Start = "CEF:";

    private static readonly string[] Header = ["version", "deviceVendor", "deviceProduct", "deviceVersion", "signatureId", "name", "severity"];

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="hasPrefix">True: what syslog puts before it comes first.</param>
    /// <param name="parts">Takes its parts.</param>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public static string? Read(string line, bool hasPrefix, ICollection<LogPart> parts)
    {
        var start = line.IndexOf(Start, StringComparison.Ordinal);
        if (start < 0 || (start > 0 && !hasPrefix))
        {
            return start < 0 ? "The line has no CEF: in it." : "The line does not begin with CEF:; cefsyslogprefix=true takes what is before it for syslog.";
        }

        if (start > 0)
        {
            SyslogLine.ReadPrefix(line[..start].TrimEnd(), parts);
        }

        var at = start + Start.Length;
        foreach (var name in Header)
        {
            var end = EndOf(line, at);
            if (end < 0 && name != Header[^1])
            {
                return $"The line ends before '{name}': seven parts with | between them must come first.";
            }

            var value = Plain(line[at..(end < 0 ? line.Length : end)]);
            parts.Add(new LogPart(name, value.Trim()));
            at = end < 0 ? line.Length : end + 1;
        }

        foreach (Match pair in Pair().Matches(line[at..]))
        {
            parts.Add(new LogPart(pair.Groups["key"].Value, Plain(pair.Groups["value"].Value)));
        }

        return null;
    }

    /// <summary>The next bar that stands for itself; -1 for none.</summary>
    private static int EndOf(string line, int from)
    {
        for (var at = from; at < line.Length; at++)
        {
            if (line[at] == '\\')
            {
                at++;
            }
            else if (line[at] == '|')
            {
                return at;
            }
        }

        return -1;
    }

    private static string Plain(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '\\' && at + 1 < text.Length)
            {
                c = text[++at] switch { 'n' => '\n', 'r' => '\r', var other => other };
            }

            plain.Append(c);
        }

        return plain.ToString();
    }

    // A value goes up to the next key; an equals sign in it has a backslash before it.
    [GeneratedRegex(@"(?<=^|\s)(?<key>[\w.\-\[\]]+)=(?<value>.*?)(?=\s+[\w.\-\[\]]+=|\s*$)")]
    private static partial Regex Pair();
}
