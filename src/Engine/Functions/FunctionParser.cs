using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Functions;

/// <summary>
/// Parses the functional language: prefix calls, numbers, quoted text, <c>$name</c> for fields and earlier results.
/// Text
/// that is none of these stands for itself.
/// </summary>
internal sealed class FunctionParser
{
    private const int DepthMax = 200;
    private readonly List<Token> _tokens;
    private readonly Schema _input;
    private readonly IReadOnlyList<string> _earlier;
    private int _at;
    private int _depth;

    private FunctionParser(List<Token> tokens, Schema input, IReadOnlyList<string> earlier)
    {
        _tokens = tokens;
        _input = input;
        _earlier = earlier;
    }

    /// <summary>Parses a function's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="input">Fields for <c>$name</c>.</param>
    /// <param name="earlier">Names of the functions before it; a result hides a field of its name.</param>
    /// <exception cref="ExpressionException">LS22xx, with the place.</exception>
    public static FunctionNode Parse(ExpressionText text, Schema input, IReadOnlyList<string> earlier)
    {
        if (!text.Text.AsSpan().ContainsAny("($#'\"")
            && !double.TryParse(text.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            return new ConstantFunction(Variant.Of(text.Text));
        }

        var parser = new FunctionParser(Lexer.Read(text), input, earlier);
        var node = parser.Value();
        return parser.Current.Kind == TokenKind.End
            ? node
            : throw parser.Error($"Expected the end, found {parser.Current}.");
    }

    private Token Current => _tokens[_at];

    private ExpressionException Error(string message) => new("LS2201", Current.Position, message);

    private FunctionNode Value()
    {
        if (++_depth > DepthMax)
        {
            throw Error($"The function is nested deeper than {DepthMax}.");
        }

        var token = _tokens[_at++];
        var node = token.Kind switch
        {
            TokenKind.Number => Number(token.Text),
            TokenKind.Symbol when token.Text == "-" && Current.Kind == TokenKind.Number => Number("-" + _tokens[_at++].Text),
            TokenKind.Text => new ConstantFunction(Variant.Of(token.Text)),
            TokenKind.Name when token.Text[0] == '$' => Reference(token),
            TokenKind.Name when token.Text[0] == '#' => throw new ExpressionException("LS2202", token.Position,
                $"'{token.Text}' refers to a property of the function context; these are not supported."),
            TokenKind.Name when Current.Is("(") => Call(token),
            TokenKind.Name => new ConstantFunction(Variant.Of(token.Text)),
            _ => throw new ExpressionException("LS2201", token.Position, $"Expected a value, found {token}."),
        };
        _depth--;
        return node;
    }

    private static ConstantFunction Number(string text) => new(
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? Variant.Of(whole)
            : Variant.Of(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)));

    private FunctionNode Reference(Token token)
    {
        var name = token.Text[1..];
        for (var i = _earlier.Count - 1; i >= 0; i--)
        {
            if (_earlier[i] == name)
            {
                return new ResultFunction(i);
            }
        }

        return _input.IndexOf(name) is >= 0 and var index
            ? new FieldFunction(index)
            : throw new ExpressionException("LS2203", token.Position,
                $"'{token.Text}' is neither a field of the input nor a function before this one.");
    }

    private CallFunction Call(Token token)
    {
        var entry = FunctionCatalog.Find(token.Text) ?? throw new ExpressionException("LS2202", token.Position,
            $"The function '{token.Text}' is not supported. Supported: {FunctionCatalog.Names}.");
        _at++;
        var arguments = new List<FunctionNode>();
        while (!Current.Is(")"))
        {
            arguments.Add(Value());
            if (!Current.Is(",") && !Current.Is(")"))
            {
                throw Error($"Expected ',' or ')', found {Current}.");
            }

            // A comma before the closing parenthesis is allowed.
            _at += Current.Is(",") ? 1 : 0;
        }

        _at++;
        return arguments.Count >= entry.ArgumentsMin && arguments.Count <= entry.ArgumentsMax
            ? new CallFunction(entry, [.. arguments])
            : throw new ExpressionException("LS2204", token.Position,
                $"'{token.Text}' takes {Range(entry)} arguments, not {arguments.Count}.");
    }

    private static string Range(FunctionEntry entry) =>
        entry.ArgumentsMin == entry.ArgumentsMax ? $"{entry.ArgumentsMin}"
        : entry.ArgumentsMax == int.MaxValue ? $"at least {entry.ArgumentsMin}"
        : $"{entry.ArgumentsMin} to {entry.ArgumentsMax}";
}
