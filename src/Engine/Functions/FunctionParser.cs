using System.Globalization;
using System.Text;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Functions;

/// <summary>
/// Parses the functional language: prefix calls, numbers, quoted text, <c>$name</c> for fields and results, <c>#name</c> for
/// properties. Text that is none of these stands for itself, as a whole or as an argument up to the next comma.
/// </summary>
internal sealed class FunctionParser
{
    private const int DepthMax = 200;
    private readonly ExpressionText _source;
    private readonly string _text;
    private readonly FunctionScope _scope;
    private int _at;
    private int _depth;
    private int _placed;
    private int _lines;
    private int _lineStart;

    private FunctionParser(ExpressionText source, FunctionScope scope)
    {
        _source = source;
        _text = source.Text;
        _scope = scope;
    }

    /// <summary>Parses a function's text; an empty one gives null.</summary>
    /// <exception cref="ExpressionException">LS22xx, with the place.</exception>
    public static FunctionNode Parse(ExpressionText text, FunctionScope scope)
    {
        var parser = new FunctionParser(text, scope);
        parser.SkipBlanks();
        if (parser.IsAtEnd)
        {
            return new ConstantFunction(Variant.Null);
        }

        if (parser.IsPlainText())
        {
            return new ConstantFunction(Number(text.Text) ?? Variant.Of(text.Text));
        }

        var node = parser.Value();
        parser.SkipBlanks();
        return parser.IsAtEnd ? node : throw parser.Error($"Expected the end, found '{parser._text[parser._at]}'.");
    }

    private bool IsAtEnd => _at >= _text.Length;

    private char Current => IsAtEnd ? '\0' : _text[_at];

    // A body is code when it begins with a call, a reference or a quote; words and numbers stand for themselves.
    private bool IsPlainText() => Current is not ('$' or '#' or '\'' or '"') && CallNameLength() == 0;

    // Length of the name at hand when an opening parenthesis follows it; 0 otherwise.
    private int CallNameLength()
    {
        var end = _at;
        while (end < _text.Length && IsNamePart(_text[end]))
        {
            end++;
        }

        var length = end - _at;
        while (end < _text.Length && char.IsWhiteSpace(_text[end]))
        {
            end++;
        }

        return length > 0 && char.IsLetter(_text[_at]) && end < _text.Length && _text[end] == '(' ? length : 0;
    }

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private FunctionNode Value()
    {
        if (++_depth > DepthMax)
        {
            throw Error($"The function is nested deeper than {DepthMax}.");
        }

        SkipBlanks();
        var start = _at;
        FunctionNode node;
        if (Current is '$' or '#')
        {
            node = Reference();
        }
        else if (Current is '\'' or '"')
        {
            node = new ConstantFunction(Variant.Of(Quoted()));
        }
        else if (CallNameLength() is > 0 and var length)
        {
            node = Call(length);
        }
        else
        {
            node = Bare();
        }

        _depth--;
        return _at > start || !IsAtEnd ? node : throw Error("Expected a value, found the end.");
    }

    private FunctionNode Reference()
    {
        var start = _at++;
        while (!IsAtEnd && (IsNamePart(Current) || (Current == '-' && _at + 1 < _text.Length && IsNamePart(_text[_at + 1]))))
        {
            _at++;
        }

        var name = _text[(start + 1).._at];
        return _text[start] == '$' ? _scope.Reference(name, PlaceOf(start)) : _scope.Property(name, PlaceOf(start));
    }

    private string Quoted()
    {
        var start = _at;
        var quote = Current;
        var value = new StringBuilder();
        for (_at++; !IsAtEnd; _at++)
        {
            if (Current == quote)
            {
                if (_at + 1 >= _text.Length || _text[_at + 1] != quote)
                {
                    _at++;
                    return value.ToString();
                }

                _at++;
            }

            value.Append(Current);
        }

        throw new ExpressionException("LS2201", PlaceOf(start), "The quote is not closed.");
    }

    private ConstantFunction Bare()
    {
        var start = _at;
        while (!IsAtEnd && Current is not (',' or ')' or '('))
        {
            _at++;
        }

        var text = _text[start.._at].Trim();
        return text.Length == 0
            ? throw Error(IsAtEnd ? "Expected a value, found the end." : $"Expected a value, found '{Current}'.")
            : new ConstantFunction(Number(text) ?? Variant.Of(text));
    }

    private static Variant? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? Variant.Of(whole)
        : char.IsAsciiDigit(text[^1]) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            ? Variant.Of(real)
            : null;

    private CallFunction Call(int length)
    {
        var start = _at;
        var name = _text.Substring(_at, length);
        var entry = FunctionCatalog.Find(name) ?? throw new ExpressionException("LS2202", PlaceOf(start),
            $"The function '{name}' is not supported. Supported: {FunctionCatalog.Names}.");
        _at += length;
        SkipBlanks();
        _at++;
        var arguments = new List<FunctionNode>();
        for (SkipBlanks(); Current != ')'; SkipBlanks())
        {
            arguments.Add(Value());
            SkipBlanks();
            if (Current is not (',' or ')'))
            {
                throw Error(IsAtEnd ? "Expected ',' or ')', found the end." : $"Expected ',' or ')', found '{Current}'.");
            }

            // A comma before the closing parenthesis is allowed.
            _at += Current == ',' ? 1 : 0;
        }

        _at++;
        return arguments.Count >= entry.ArgumentsMin && arguments.Count <= entry.ArgumentsMax
            ? new CallFunction(entry, [.. arguments])
            : throw new ExpressionException("LS2204", PlaceOf(start), $"'{name}' takes {Range(entry)} arguments, not {arguments.Count}.");
    }

    private void SkipBlanks()
    {
        while (!IsAtEnd && char.IsWhiteSpace(Current))
        {
            _at++;
        }
    }

    private ExpressionException Error(string message) => new("LS2201", PlaceOf(Math.Min(_at, _text.Length)), message);

    // Counts lines on from the place asked for last: texts may be long and hold many names.
    private TextPosition PlaceOf(int at)
    {
        if (at < _placed)
        {
            (_placed, _lines, _lineStart) = (0, 0, 0);
        }

        var passed = _text.AsSpan(_placed, at - _placed);
        if (passed.LastIndexOf('\n') is >= 0 and var last)
        {
            _lines += passed.Count('\n');
            _lineStart = _placed + last + 1;
        }

        _placed = at;
        return _lines == 0
            ? new TextPosition(_source.Position.Line, _source.Position.Column + at)
            : new TextPosition(_source.Position.Line + _lines, at - _lineStart + 1);
    }

    private static string Range(FunctionEntry entry) =>
        entry.ArgumentsMin == entry.ArgumentsMax ? $"{entry.ArgumentsMin}"
        : entry.ArgumentsMax == int.MaxValue ? $"at least {entry.ArgumentsMin}"
        : $"{entry.ArgumentsMin} to {entry.ArgumentsMax}";
}
