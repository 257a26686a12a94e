using System.Text;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>Cuts an expression into tokens; both expression languages share it.</summary>
internal sealed class Lexer
{
    private static readonly string[] TwoCharSymbols = ["==", "!=", "<>", "<=", ">=", "&&", "||"];
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line;
    private int _column;

    private Lexer(ExpressionText source)
    {
        _text = source.Text;
        _line = source.Position.Line;
        _column = source.Position.Column;
    }

    /// <summary>All tokens, an end token last.</summary>
    /// <exception cref="ExpressionException">LS2101: a quote or comment is not closed.</exception>
    public static List<Token> Read(ExpressionText source)
    {
        var lexer = new Lexer(source);
        while (lexer.Next())
        {
        }

        return lexer._tokens;
    }

    private TextPosition Position => new(_line, _column);

    private char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private bool Next()
    {
        SkipBlanks();
        var position = Position;
        if (_at >= _text.Length)
        {
            _tokens.Add(new Token(TokenKind.End, "", position));
            return false;
        }

        var c = Peek();
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
        {
            _tokens.Add(new Token(TokenKind.Number, ReadNumber(), position));
        }
        else if (c == '#' && char.IsAsciiDigit(Peek(1)))
        {
            _tokens.Add(new Token(TokenKind.Date, ReadQuoted(c, position), position));
        }
        else if (char.IsLetter(c) || c is '_' or '$' or '#')
        {
            var name = ReadWhile(static x => char.IsLetterOrDigit(x) || x is '_' or '$' or '#');
            _tokens.Add(new Token(TokenKind.Name, name, position));
        }
        else if (c is '"' or '\'' or '`')
        {
            _tokens.Add(new Token(c == '`' ? TokenKind.QuotedName : TokenKind.Text, ReadQuoted(c, position), position));
        }
        else
        {
            var two = _at + 1 < _text.Length ? _text.Substring(_at, 2) : "";
            var symbol = TwoCharSymbols.Contains(two) ? two : c.ToString();
            Advance(symbol.Length);
            _tokens.Add(new Token(TokenKind.Symbol, symbol, position));
        }

        return true;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(Peek()))
            {
                Advance(1);
            }
            else if (Peek() == '/' && Peek(1) == '/')
            {
                ReadWhile(static x => x != '\n');
            }
            else if (Peek() == '/' && Peek(1) == '*')
            {
                SkipComment();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipComment()
    {
        var position = Position;
        var end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new ExpressionException("LS2101", position, "The comment is not closed.");
        }

        Advance(end + 2 - _at);
    }

    private string ReadNumber()
    {
        var start = _at;
        ReadWhile(char.IsAsciiDigit);
        if (Peek() == '.')
        {
            Advance(1);
            ReadWhile(char.IsAsciiDigit);
        }

        var sign = Peek(1) is '+' or '-' ? 1 : 0;
        if (Peek() is 'e' or 'E' && char.IsAsciiDigit(Peek(1 + sign)))
        {
            Advance(1 + sign);
            ReadWhile(char.IsAsciiDigit);
        }

        return _text[start.._at];
    }

    private string ReadQuoted(char quote, TextPosition position)
    {
        var value = new StringBuilder();
        Advance(1);
        while (_at < _text.Length)
        {
            var c = Peek();
            if (c == quote && Peek(1) != quote)
            {
                Advance(1);
                return value.ToString();
            }

            Advance(c == quote ? 2 : 1);
            value.Append(c);
        }

        throw new ExpressionException("LS2101", position, "The quote is not closed.");
    }

    private string ReadWhile(Func<char, bool> wanted)
    {
        var start = _at;
        while (_at < _text.Length && wanted(_text[_at]))
        {
            Advance(1);
        }

        return _text[start.._at];
    }

    private void Advance(int chars)
    {
        for (var i = 0; i < chars; i++, _at++)
        {
            if (_text[_at] == '\n')
            {
                _line++;
                _column = 1;
            }
            else
            {
                _column++;
            }
        }
    }
}
