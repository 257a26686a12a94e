using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// Parses the general expression language (language.md 4.1) by recursive descent. Statements are separated by
/// semicolons or by nothing; <c>=</c> assigns at the start of a statement unless the name is a field, else it
/// compares.
/// </summary>
internal sealed class Parser
{
    // Deep enough for any model seen; keeps a hostile text from the end of the stack.
    private const int DepthMax = 200;
    private const int ChainMax = 1000;
    private static readonly string[] Scopes = ["public", "private", "static", "global", "hidden"];
    private static readonly string[] TypeNames =
    [
        "integer", "int", "int32", "int64", "real", "double", "string", "boolean", "bool", "date", "regex",
        "array", "dq", "file", "dbconnection", "dbcursor", "dbstatement",
    ];

    private static readonly string[] Operators = ["and", "or", "not", "then", "else", "begin", "end", "to", "step", "return"];

    private readonly List<Token> _tokens;
    private readonly Func<string, bool> _isField;
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);
    private int _at;
    private int _depth;

    private Parser(List<Token> tokens, Func<string, bool> isField)
    {
        _tokens = tokens;
        _isField = isField;
    }

    /// <summary>Parses a whole expression.</summary>
    /// <exception cref="ExpressionException">LS2101, with the place.</exception>
    public static BlockNode Parse(ExpressionText text, Func<string, bool> isField)
    {
        var parser = new Parser(Lexer.Read(text), isField);
        var statements = ImmutableArray.CreateBuilder<SyntaxNode>();
        parser.SkipSemicolons();
        while (parser.Current.Kind != TokenKind.End)
        {
            statements.Add(parser.Statement());
            parser.SkipSemicolons();
        }

        return new BlockNode(text.Position, statements.ToImmutable());
    }

    private Token Current => _tokens[_at];

    private Token Following => _tokens[Math.Min(_at + 1, _tokens.Count - 1)];

    private Token Take() => Current.Kind == TokenKind.End ? Current : _tokens[_at++];

    private bool TakeIf(string word)
    {
        var found = Current.Is(word);
        if (found)
        {
            _at++;
        }

        return found;
    }

    private void Expect(string word)
    {
        if (!TakeIf(word))
        {
            throw Unexpected($"'{word}'");
        }
    }

    private ExpressionException Unexpected(string wanted) =>
        new("LS2101", Current.Position, $"Expected {wanted}, found {Current}.");

    private void SkipSemicolons()
    {
        while (TakeIf(";"))
        {
        }
    }

    private T Nested<T>(Func<T> parse)
    {
        if (++_depth > DepthMax)
        {
            throw new ExpressionException("LS2101", Current.Position, $"The expression is nested deeper than {DepthMax}.");
        }

        var result = parse();
        _depth--;
        return result;
    }

    private SyntaxNode Statement() => Nested(() =>
    {
        var token = Current;
        if (IsDeclaration())
        {
            return Declaration();
        }

        if (token.Kind == TokenKind.Name)
        {
            switch (token.Text.ToUpperInvariant())
            {
                case "IF": return If();
                case "BEGIN": return Begin();
                case "FOR": return For();
                case "WHILE": return While();
                case "RETURN": return Return();
                case "GOTO" when Following.Kind == TokenKind.Name: return new GotoNode(Take().Position, Take().Text);
                case "CALL" when Following.Kind == TokenKind.Name: return new CallStatementNode(Take().Position, Expression());
                case "LABEL" when Following.Kind == TokenKind.Name:
                    Take();
                    var label = new LabelNode(token.Position, Take().Text);
                    TakeIf(":");
                    return label;
            }

            if (Following.Is(":"))
            {
                Take();
                Take();
                return new LabelNode(token.Position, token.Text);
            }
        }

        if (token.Kind is TokenKind.Name or TokenKind.QuotedName && Following.Is("=")
            && (_declared.Contains(token.Text) || !_isField(token.Text)))
        {
            Take();
            Take();
            return new AssignNode(token.Position, token.Text, Expression());
        }

        return Expression();
    });

    private bool IsDeclaration()
    {
        var at = _at;
        while (_tokens[at].Kind == TokenKind.Name && Scopes.Contains(_tokens[at].Text, StringComparer.OrdinalIgnoreCase))
        {
            at++;
        }

        if (_tokens[at].Kind != TokenKind.Name || !TypeNames.Contains(_tokens[at].Text, StringComparer.OrdinalIgnoreCase))
        {
            return false;
        }

        // The size of string(10) says nothing here.
        var next = TokenAt(at + 1).Is("(") && TokenAt(at + 2).Kind == TokenKind.Number && TokenAt(at + 3).Is(")") ? at + 4 : at + 1;
        return at > _at || TokenAt(next).Kind == TokenKind.QuotedName || (TokenAt(next).Kind == TokenKind.Name
            && !Operators.Contains(TokenAt(next).Text, StringComparer.OrdinalIgnoreCase));
    }

    private Token TokenAt(int index) => _tokens[Math.Min(index, _tokens.Count - 1)];

    private SyntaxNode Declaration()
    {
        var isPrivate = false;
        while (Scopes.Contains(Current.Text, StringComparer.OrdinalIgnoreCase))
        {
            isPrivate |= Take().Is("private");
        }

        var type = Take();
        if (TakeIf("("))
        {
            Take();
            Expect(")");
        }

        var isArray = Current.Is("array") && Following.Kind is TokenKind.Name or TokenKind.QuotedName && TakeIf("array");
        var declared = ImmutableArray.CreateBuilder<SyntaxNode>();
        do
        {
            var name = Take();
            if (name.Kind is not (TokenKind.Name or TokenKind.QuotedName))
            {
                throw new ExpressionException("LS2101", name.Position, $"Expected the variable's name, found {name}.");
            }

            _declared.Add(name.Text);
            declared.Add(new DeclareNode(type.Position, isPrivate, type.Text, isArray, name.Text, TakeIf("=") ? Expression() : null));
        }
        while (TakeIf(","));
        return declared.Count == 1 ? declared[0] : new BlockNode(type.Position, declared.ToImmutable());
    }

    private IfNode If()
    {
        var position = Take().Position;
        var condition = Expression();
        TakeIf("then");
        var then = Statement();
        if (Current.Is(";") && Following.Is("else"))
        {
            Take();
        }

        return new IfNode(position, condition, then, TakeIf("else") ? Statement() : null);
    }

    private BlockNode Begin()
    {
        var position = Take().Position;
        var statements = ImmutableArray.CreateBuilder<SyntaxNode>();
        SkipSemicolons();
        while (!TakeIf("end"))
        {
            if (Current.Kind == TokenKind.End)
            {
                throw Unexpected("'end'");
            }

            statements.Add(Statement());
            SkipSemicolons();
        }

        return new BlockNode(position, statements.ToImmutable());
    }

    private ForNode For()
    {
        var position = Take().Position;
        var variable = Take();
        Expect("=");
        var from = Expression();
        Expect("to");
        var to = Expression();
        var step = TakeIf("step") ? Expression() : null;
        return new ForNode(position, variable.Text, from, to, step, Statement());
    }

    private WhileNode While()
    {
        var position = Take().Position;
        return new WhileNode(position, Expression(), Statement());
    }

    private ReturnNode Return()
    {
        var position = Take().Position;
        var ends = Current.Kind == TokenKind.End || Current.Is(";") || Current.Is("end") || Current.Is("else");
        return new ReturnNode(position, ends ? null : Expression());
    }

    private SyntaxNode Expression() => Nested(Or);

    private SyntaxNode Or() => Chain(And, t => t.Is("or") || t.Is("||") ? "or" : null);

    private SyntaxNode And() => Chain(Not, t => t.Is("and") || t.Is("&&") ? "and" : null);

    private SyntaxNode Not()
    {
        var token = Current;
        return token.Is("not") || token.Is("!")
            ? new UnaryNode(Take().Position, "not", Nested(Not))
            : Comparison();
    }

    private SyntaxNode Comparison() => Chain(Sum, t => t.Kind != TokenKind.Symbol ? null : t.Text switch
    {
        "==" or "=" => "==",
        "!=" or "<>" => "!=",
        "<" or "<=" or ">" or ">=" => t.Text,
        _ => null,
    });

    private SyntaxNode Sum() => Chain(Product, t => t.Is("+") || t.Is("-") || t.Is("&") ? t.Text : null);

    private SyntaxNode Product() => Chain(Sign, t => t.Is("*") || t.Is("/") || t.Is("%") ? t.Text : null);

    private SyntaxNode Sign() => Current.Is("-") || Current.Is("+")
        ? new UnaryNode(Current.Position, Take().Text, Nested(Sign))
        : Primary();

    private SyntaxNode Chain(Func<SyntaxNode> operand, Func<Token, string?> operatorOf)
    {
        var left = operand();
        for (var length = 0; operatorOf(Current) is { } name; length++)
        {
            if (length == ChainMax)
            {
                throw new ExpressionException("LS2101", Current.Position, $"More than {ChainMax} operators of one kind follow each other.");
            }

            left = new BinaryNode(Take().Position, name, left, operand());
        }

        return left;
    }

    private SyntaxNode Primary()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TokenKind.Number: return new LiteralNode(token.Position, Number(token));
            case TokenKind.Text: return new LiteralNode(token.Position, token.Text);
            case TokenKind.Date: return new LiteralNode(token.Position, DateOf(token));
            case TokenKind.QuotedName: return new NameNode(token.Position, token.Text);
            case TokenKind.Name: return Named(token);
            case TokenKind.Symbol when token.Text == "(":
                var inner = Expression();
                Expect(")");
                return inner;
            default:
                throw new ExpressionException("LS2101", token.Position, $"Expected a value, found {token}.");
        }
    }

    private SyntaxNode Named(Token token)
    {
        if (Current.Is("("))
        {
            return new CallNode(token.Position, token.Text, Arguments());
        }

        if (Current.Is(".") && Following.Kind == TokenKind.Name)
        {
            Take();
            return new MethodNode(token.Position, token.Text, Take().Text, Arguments());
        }

        return token.Text.ToUpperInvariant() switch
        {
            "TRUE" => new LiteralNode(token.Position, true),
            "FALSE" => new LiteralNode(token.Position, false),
            "NULL" => new LiteralNode(token.Position, null),
            _ => new NameNode(token.Position, token.Text),
        };
    }

    private ImmutableArray<SyntaxNode> Arguments()
    {
        var arguments = ImmutableArray.CreateBuilder<SyntaxNode>();
        Expect("(");
        while (!TakeIf(")"))
        {
            if (arguments.Count > 0)
            {
                Expect(",");
            }

            arguments.Add(Expression());
        }

        return arguments.ToImmutable();
    }

    private static DateTime DateOf(Token token) => DateFunctions.ToDate(token.Text) is { } days
        ? DateTime.UnixEpoch.AddDays(days)
        : throw new ExpressionException("LS2101", token.Position, $"'{token.Text}' is no date; write it as in #2024-10-17 08:40:25#.");

    private static object Number(Token token)
    {
        if (long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
        {
            return whole;
        }

        var real = double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(real)
            ? real
            : throw new ExpressionException("LS2101", token.Position, "The number is larger than a double can hold.");
    }
}
