using System.Text.RegularExpressions;

namespace Lockstep.Engine.Functions;

/// <summary>
/// Regular expressions, matched without backtracking: time is linear in the text. Text and expression may stand in either order:
/// a compiled one, or else the one that is written out, is the expression; where both are, the order of the table counts.
/// </summary>
internal static class RegexFunctions
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>The functions.</summary>
    public static FunctionGroup Group { get; } = new("Regular expressions",
    [
        new("rgx", "expression, text, group?", "the first match, or a group of it; null for none", "rgx(#digits,'x 10-20 y',2)", "20",
            static (a, f) => First(a, f) is { Success: true } match ? GroupOf(match, a, 2, f) : Variant.Null),
        new("rgxMatch", "expression, text", "1 when there is a match anywhere in the text", "rgxMatch('^b',$t)", "1",
            static (a, f) => Variant.Of(First(a, f) is { Success: true })),
        new("rgxIndex", "expression, text", "where the first match begins; -1 for none", "rgxIndex('[0-9]','ab7')", "2",
            static (a, f) => Variant.Of(First(a, f) is { Success: true } match ? match.Index : -1L)),
        new("rgxReplace", "text, expression, by", "the first match replaced; $1 is a group", "rgxReplace('a1b2','[0-9]','#')", "a#b2",
            static (a, f) => Replace(a, f, 1)),
        new("rgxReplaceAll", "text, expression, by", "every match replaced; $1 is a group", "rgxReplaceAll('a1b2','[0-9]','#')", "a#b#",
            static (a, f) => Replace(a, f, -1)),
        new("rgxToken", "expression, text, index", "one of the parts that matches separate, from 0", "rgxToken('[,;]','a;b,c',1)", "b",
            static (a, f) => Token(a, f, static (index, _) => index)),
        new("rgxFirstToken", "expression, text", "the part before the first match", "rgxFirstToken('[,;]','a;b,c')", "a",
            static (a, f) => Token(a, f, static (_, _) => 0)),
        new("rgxLastToken", "expression, text, back?", "the part behind the last match, or so many before it",
            "rgxLastToken('[,;]','a;b,c')", "c",
            static (a, f) => Token(a, f, static (index, count) => count - 1 - index)),
        new("rgxV", "expression, text, group?", "all matches, or a group of each, as a list", "rgxV('[0-9]+','1 22 333')", "1,22,333", All),
    ]);

    /// <summary>Compiles a pattern; null when it cannot be read or would need backtracking.</summary>
    public static RegexPattern? Compile(string pattern)
    {
        try
        {
            return new RegexPattern(new Regex(pattern, Options));
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The text of a group of a match, by an optional argument.</summary>
    public static string? GroupText(Match match, long group) =>
        group >= 0 && group < match.Groups.Count && match.Groups[(int)group] is { Success: true } found ? found.Value : null;

    private static Variant GroupOf(Match match, FunctionNode[] arguments, int index, FunctionFrame frame) => Variant.Of(
        GroupText(match, index < arguments.Length ? arguments[index].Evaluate(frame).ToWhole() ?? 0 : 0));

    private static Match? First(FunctionNode[] arguments, FunctionFrame frame)
    {
        var (regex, text) = Operands(arguments, frame, expressionFirst: true);
        return text is null ? null : regex?.Match(text);
    }

    private static (Regex? Regex, string? Text) Operands(FunctionNode[] arguments, FunctionFrame frame, bool expressionFirst)
    {
        var (first, second) = (arguments[0].Evaluate(frame), arguments[1].Evaluate(frame));
        if (first.Context is RegexPattern || second.Context is RegexPattern)
        {
            expressionFirst = first.Context is RegexPattern;
        }
        else if (arguments[0] is ConstantFunction != arguments[1] is ConstantFunction)
        {
            expressionFirst = arguments[0] is ConstantFunction;
        }

        var pattern = expressionFirst ? first : second;
        var text = (expressionFirst ? second : first).ToText();
        var compiled = pattern.Context as RegexPattern ?? (pattern.ToText() is { } source ? frame.Regexes.Get(source) : null);
        return (compiled?.Regex, text);
    }

    private static Variant Replace(FunctionNode[] arguments, FunctionFrame frame, int count)
    {
        var (regex, text) = Operands(arguments, frame, expressionFirst: false);
        return Variant.Of(text is null || regex is null ? text : regex.Replace(text, arguments[2].Evaluate(frame).ToText() ?? "", count));
    }

    private static Variant Token(FunctionNode[] arguments, FunctionFrame frame, Func<long, long, long> place)
    {
        var (regex, text) = Operands(arguments, frame, expressionFirst: true);
        if (regex is null || text is null)
        {
            return Variant.Null;
        }

        var tokens = new List<string>();
        var at = 0;
        foreach (Match match in regex.Matches(text))
        {
            tokens.Add(text[at..match.Index]);
            at = match.Index + match.Length;
        }

        tokens.Add(text[at..]);
        var wanted = place(arguments.Length > 2 ? arguments[2].Evaluate(frame).ToWhole() ?? 0 : 0, tokens.Count);
        return wanted >= 0 && wanted < tokens.Count ? Variant.Of(tokens[(int)wanted]) : Variant.Null;
    }

    private static Variant All(FunctionNode[] arguments, FunctionFrame frame)
    {
        var (regex, text) = Operands(arguments, frame, expressionFirst: true);
        if (regex is null || text is null)
        {
            return Variant.Null;
        }

        var group = arguments.Length > 2 ? arguments[2].Evaluate(frame).ToWhole() ?? 0 : 0;
        return Variant.Of(new ListValue([.. regex.Matches(text).Select(m => GroupText(m, group) ?? "")], ","));
    }
}
