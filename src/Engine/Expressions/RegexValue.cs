using System.Text.RegularExpressions;

namespace Lockstep.Engine.Expressions;

/// <summary>A regular expression object of a window; matching time is linear in the text (no backtracking).</summary>
internal sealed class RegexValue
{
    // Compiling costs much more than matching and models compile at each event, so the last pattern is kept.
    private Regex? _regex;
    private Match? _match;

    /// <summary>The pattern; null before compile. Part of the window's state.</summary>
    public string? Pattern { get; private set; }

    /// <summary>Sets the pattern; false when it is not a valid one, or needs backtracking.</summary>
    public bool? Compile(string? pattern)
    {
        _match = null;
        if (pattern == Pattern && _regex is not null)
        {
            return true;
        }

        Pattern = pattern;
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

    /// <summary>Finds the first match.</summary>
    public bool? FindFirst(string? text)
    {
        _match = text is null ? null : _regex?.Match(text);
        return _match?.Success ?? false;
    }

    /// <summary>Finds the next match in the text of the last find.</summary>
    public bool? FindNext(string? text)
    {
        _match = _match is { Success: true } ? _match.NextMatch() : text is null ? null : _regex?.Match(text);
        return _match?.Success ?? false;
    }

    /// <summary>Where the last match starts, from 1; null for none.</summary>
    public long? MatchStart() => _match is { Success: true } ? _match.Index + 1 : null;

    /// <summary>How long the last match is; null for none.</summary>
    public long? MatchLength() => _match is { Success: true } ? _match.Length : null;

    /// <summary>Replaces all matches.</summary>
    public string? Replace(string? text, string? replacement) =>
        text is null || _regex is null ? text : _regex.Replace(text, replacement ?? "");

    /// <summary>How many groups the last match has.</summary>
    public long? SubstringCount() => _match is { Success: true } ? _match.Groups.Count - 1 : 0;

    /// <summary>Where a group of the last match starts, from 1.</summary>
    public long? SubstringStart(long? group) => Group(group) is { } found ? found.Index + 1 : null;

    /// <summary>How long a group of the last match is.</summary>
    public long? SubstringLength(long? group) => Group(group)?.Length;

    private Group? Group(long? group) =>
        _match is { Success: true } && group is > 0 && group < _match.Groups.Count ? _match.Groups[(int)group] : null;
}
