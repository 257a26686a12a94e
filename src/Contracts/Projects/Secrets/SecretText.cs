using System.Text.RegularExpressions;

namespace Lockstep.Contracts.Projects.Secrets;

/// <summary>Finds what is secret in one text of a model.</summary>
internal static partial class SecretText
{
    // No text of a model: it stands for a token while addresses are looked for, so that its marks do not count as those of an address.
    private const char TokenMark = '\uE000';

    /// <summary>
    /// True for the name of something that lets somebody in. It is asked where names are free: settings of clients, headers, parameters
    /// of addresses, tokens, and properties that no definition knows. A property that is known is secret when its definition says so.
    /// </summary>
    public static bool IsName(string name) => SecretName().IsMatch(name);

    /// <summary>The secret parts of a text, in order, without overlap; parts that are empty or one token <c>@NAME@</c> are among them.</summary>
    public static List<Range> In(string text, SecretForm form)
    {
        List<Range> found = form switch
        {
            SecretForm.Whole => [Trim(text, 0, text.Length)],
            SecretForm.Settings => [.. Pairs(text, '=')],
            SecretForm.Headers => [.. Pairs(text, ':')],
            SecretForm.Command => [.. Named(CommandSetting().Matches(text))],
            _ => [],
        };
        if (form != SecretForm.Whole && text.Contains("://", StringComparison.Ordinal))
        {
            var plain = Token().Replace(text, t => new string(TokenMark, t.Length));
            found.AddRange(UserInfo().Matches(plain).Select(UserInfoOf).OfType<Range>());
            found.AddRange(Named(Parameter().Matches(plain)));
        }

        return Merge(found);
    }

    /// <summary>True for <c>@NAME@</c> and nothing else.</summary>
    public static bool IsToken(ReadOnlySpan<char> text) => WholeToken().IsMatch(text);

    /// <summary>The names of all tokens in a text.</summary>
    public static IEnumerable<string> TokensIn(string text) => Token().Matches(text).Select(t => t.Value.Trim('@'));

    private static IEnumerable<Range> Named(MatchCollection matches) => matches
        .Where(m => IsName(m.Groups[1].Value))
        .Select(m => new Range(m.Groups[2].Index, m.Groups[2].Index + m.Groups[2].Length));

    // name:password; all of it without a colon where that is how tokens are shown, and nothing of the user elsewhere.
    private static Range? UserInfoOf(Match match)
    {
        var info = match.Groups[2];
        var colon = info.Value.IndexOf(':', StringComparison.Ordinal);
        var isWeb = match.Groups[1].Value is "http" or "https" or "ws" or "wss";
        return colon >= 0 ? new Range(info.Index + colon + 1, info.Index + info.Length)
            : isWeb ? new Range(info.Index, info.Index + info.Length)
            : null;
    }

    // A value with a semicolon stands in braces or quotes.
    private static IEnumerable<Range> Pairs(string text, char mark)
    {
        for (var at = 0; at < text.Length;)
        {
            var equals = text.IndexOf(mark, at);
            var next = text.IndexOf(';', at);
            if (equals < 0)
            {
                yield break;
            }

            if (next >= 0 && next < equals)
            {
                at = next + 1;
                continue;
            }

            var start = equals + 1;
            while (start < text.Length && text[start] == ' ')
            {
                start++;
            }

            var close = start >= text.Length ? -1 : text[start] switch
            {
                '{' => text.IndexOf('}', start),
                '"' => text.IndexOf('"', start + 1),
                '\'' => text.IndexOf('\'', start + 1),
                _ => -1,
            };
            var end = text.IndexOf(';', close < 0 ? start : close);
            end = end < 0 ? text.Length : end;
            if (IsName(text[at..equals].Trim()))
            {
                yield return Trim(text, start, end);
            }

            at = end + 1;
        }
    }

    private static Range Trim(string text, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return new Range(start, end);
    }

    private static List<Range> Merge(List<Range> found)
    {
        var merged = new List<Range>();
        foreach (var range in found.OrderBy(r => r.Start.Value))
        {
            if (merged.Count > 0 && range.Start.Value < merged[^1].End.Value)
            {
                merged[^1] = new Range(merged[^1].Start, Math.Max(merged[^1].End.Value, range.End.Value));
            }
            else
            {
                merged.Add(range);
            }
        }

        return merged;
    }

    [GeneratedRegex(
        "passw(or)?d|passphrase|pwd|secret|credential|authorization|^cookie$|jaas|(api|access|account|private|shared)[-_. ]?key|key[-_.]pem"
        + "|(access|auth|api|refresh|session|security|sas|bearer|id)[-_. ]?token|^token$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"@[A-Za-z0-9_.\-]+@")]
    private static partial Regex Token();

    [GeneratedRegex(@"\A@[A-Za-z0-9_.\-]+@\z")]
    private static partial Regex WholeToken();

    [GeneratedRegex("""([A-Za-z][A-Za-z0-9+.\-]*)://([^/\s?#"'<>]+)@""")]
    private static partial Regex UserInfo();

    [GeneratedRegex("""[?&]([A-Za-z0-9_.\-]+)=([^&\s#"'<>]+)""")]
    private static partial Regex Parameter();

    [GeneratedRegex("""(?<=[\s,])([A-Za-z0-9_.\-]+)=('[^']*'|"[^"]*"|[^,\s]*)""")]
    private static partial Regex CommandSetting();
}
