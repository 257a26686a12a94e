using System.Collections.Immutable;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>A node of a parsed expression.</summary>
internal abstract record SyntaxNode(TextPosition Position);

/// <summary>A number, text, true, false, null (value null) or a date (<see cref="DateTime"/>).</summary>
internal sealed record LiteralNode(TextPosition Position, object? Value) : SyntaxNode(Position);

/// <summary>A field or variable.</summary>
internal sealed record NameNode(TextPosition Position, string Name) : SyntaxNode(Position);

/// <summary>A function call.</summary>
internal sealed record CallNode(TextPosition Position, string Name, ImmutableArray<SyntaxNode> Arguments) : SyntaxNode(Position);

/// <summary>A call on an object variable: <c>r.findfirst(s)</c>.</summary>
internal sealed record MethodNode(
    TextPosition Position, string Target, string Name, ImmutableArray<SyntaxNode> Arguments) : SyntaxNode(Position);

/// <summary>- or not.</summary>
internal sealed record UnaryNode(TextPosition Position, string Operator, SyntaxNode Operand) : SyntaxNode(Position);

/// <summary>An operator between two values; synonyms are already one spelling.</summary>
internal sealed record BinaryNode(TextPosition Position, string Operator, SyntaxNode Left, SyntaxNode Right) : SyntaxNode(Position);

/// <summary>A declaration of a variable.</summary>
internal sealed record DeclareNode(
    TextPosition Position, bool IsPrivate, string TypeName, bool IsArray, string Name, SyntaxNode? Value) : SyntaxNode(Position);

/// <summary>An assignment.</summary>
internal sealed record AssignNode(TextPosition Position, string Name, SyntaxNode Value) : SyntaxNode(Position);

/// <summary>if, then, else.</summary>
internal sealed record IfNode(TextPosition Position, SyntaxNode Condition, SyntaxNode Then, SyntaxNode? Else) : SyntaxNode(Position);

/// <summary>Statements in order.</summary>
internal sealed record BlockNode(TextPosition Position, ImmutableArray<SyntaxNode> Statements) : SyntaxNode(Position);

/// <summary>for v = a to b step c.</summary>
internal sealed record ForNode(
    TextPosition Position, string Variable, SyntaxNode From, SyntaxNode To, SyntaxNode? Step, SyntaxNode Body) : SyntaxNode(Position);

/// <summary>while c.</summary>
internal sealed record WhileNode(TextPosition Position, SyntaxNode Condition, SyntaxNode Body) : SyntaxNode(Position);

/// <summary>return, with or without a value.</summary>
internal sealed record ReturnNode(TextPosition Position, SyntaxNode? Value) : SyntaxNode(Position);

/// <summary>A place that goto can name.</summary>
internal sealed record LabelNode(TextPosition Position, string Name) : SyntaxNode(Position);

/// <summary>goto.</summary>
internal sealed record GotoNode(TextPosition Position, string Label) : SyntaxNode(Position);

/// <summary>call: a value that does not count as the expression's.</summary>
internal sealed record CallStatementNode(TextPosition Position, SyntaxNode Value) : SyntaxNode(Position);
