using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// A regular expression object of a window; matching time is linear in the text (no backtracking). Find gives where a match
/// begins and how long it is, counted from 1; all of it is forgotten with the event, but not the pattern.
/// </summary>
internal sealed class RegexValue
{
    // What compiling a pattern is charged, in characters of text.
    private const int CompileCost = 100_000;

    // Compiling costs much more than matching and models compile at each event, so the last pattern is kept.
    private Regex? _regex;
    private Match? _match;

    /// <summary>What can be called on a regular expression variable.</summary>
    public static ImmutableArray<ExpressionFunction> All { get; } =
    [
        Of("compile", "pattern[, encoding]",
            "Sets the pattern; false when it is none, or needs what is not supported: back references and looking around. "
            + "The encoding is ignored: text is Unicode.", "regex r return r.compile('[a-z]+')", "1"),
        Of("findfirst", "text", "True when the pattern occurs; the match is that one.",
            "regex r r.compile('b+') return r.findfirst('abba')", "1"),
        Of("findnext", "text", "True when it occurs once more in the text of findfirst; the match is that one.",
            "regex r r.compile('a') r.findfirst('abba') r.findnext('abba') return r.matchstart()", "4"),
        Of("matchstart", "[text]", "Where the match begins; null without one. With a text: finds in it first.",
            "regex r r.compile('b+') r.findfirst('abba') return r.matchstart()", "2"),
        Of("matchlength", "", "The length of the match; null without one.",
            "regex r r.compile('b+') r.findfirst('abba') return r.matchlength()", "2"),
        Of("replace", "text, by", "The text with every match replaced; $1 in the replacement stands for a group.",
            "regex r r.compile('(b)(a)') return r.replace('abba', '$2$1')", "abab"),
        Of("substringcount", "", "The number of groups of the match; 0 without one.",
            "regex r r.compile('(a)(b)') r.findfirst('abba') return r.substringcount()", "2"),
        Of("substringstart", "group", "Where a group begins, the first is 1; null when it took no part.",
            "regex r r.compile('(a)(b)') r.findfirst('abba') return r.substringstart(2)", "2"),
        Of("substringlength", "group", "The length of a group; null when it took no part.",
            "regex r r.compile('a(b+)') r.findfirst('abba') return r.substringlength(1)", "2"),
    ];

    /// <summary>Null before compile. Part of the window's state.</summary>
    public string? Text { get; private set; }

    public bool? Compile(Frame? frame, string? pattern) => Compile(frame, pattern, null);

    public bool? Compile(Frame? frame, string? pattern, string? encoding)
    {
        _match = null;
        if (pattern == Text && _regex is not null)
        {
            return true;
        }

        frame?.Charge(CompileCost + (encoding is null ? 0 : 1));
        Text = pattern;
        try
        {
            _regex = pattern is null ? null : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            _regex = null;
        }

        return _regex is not null;
    }

    public bool? FindFirst(Frame frame, string? text)
    {
        frame.Charge(text?.Length ?? 0);
        _match = text is null ? null : _regex?.Match(text);
        return _match?.Success ?? false;
    }

    public bool? FindNext(Frame frame, string? text)
    {
        if (_match is not { Success: true })
        {
            return FindFirst(frame, text);
        }

        frame.Charge(text?.Length ?? 0);
        _match = _match.NextMatch();
        return _match.Success;
    }

    public long? MatchStart() => _match is { Success: true } ? _match.Index + 1 : null;

    public long? MatchStart(Frame frame, string? text) => FindFirst(frame, text) == true ? MatchStart() : null;

    public long? MatchLength() => _match is { Success: true } ? _match.Length : null;

    public string? Replace(Frame frame, string? text, string? by)
    {
        if (text is null || _regex is null)
        {
            return text;
        }

        frame.Charge(text.Length);
        if (by?.Count('$') * (long)text.Length > 64L * TextFunctions.CharsMax)
        {
            return null;
        }

        var result = new StringBuilder(text.Length);
        var from = 0;
        for (var match = _regex.Match(text); match.Success && result.Length <= TextFunctions.CharsMax; match = match.NextMatch())
        {
            result.Append(text, from, match.Index - from).Append(match.Result(by ?? ""));
            from = match.Index + match.Length;
        }

        result.Append(text, from, text.Length - from);
        frame.Charge(result.Length);
        return result.Length > TextFunctions.CharsMax ? null : TextFunctions.WellFormed(result.ToString());
    }

    public long? SubstringCount() => _match is { Success: true } ? _match.Groups.Count - 1 : 0;

    public long? SubstringStart(long? group) => Group(group) is { } found ? found.Index + 1 : null;

    public long? SubstringLength(long? group) => Group(group)?.Length;

    private Group? Group(long? group) =>
        _match is { Success: true } && group is > 0 && group < _match.Groups.Count && _match.Groups[(int)group] is { Success: true } found
            ? found
            : null;

    private static ExpressionFunction Of(string name, string parameters, string meaning, string example, string? result) =>
        ExpressionFunction.Of(typeof(RegexValue), name, parameters, meaning, example, result);
}
