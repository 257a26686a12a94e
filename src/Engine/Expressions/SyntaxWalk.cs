namespace Lockstep.Engine.Expressions;

/// <summary>Walks over parsed expressions.</summary>
internal static class SyntaxWalk
{
    /// <summary>A node and all below it, each before what it is made of.</summary>
    public static IEnumerable<SyntaxNode> All(SyntaxNode node) => Parts(node).SelectMany(All).Prepend(node);

    /// <summary>The operands of the outermost chain of and.</summary>
    public static IEnumerable<SyntaxNode> Conjuncts(SyntaxNode node) => node is BinaryNode { Operator: "and" } both
        ? Conjuncts(both.Left).Concat(Conjuncts(both.Right))
        : [node];

    private static IEnumerable<SyntaxNode> Parts(SyntaxNode node)
    {
        SyntaxNode?[] parts = node switch
        {
            CallNode call => [.. call.Arguments],
            MethodNode method => [.. method.Arguments],
            UnaryNode unary => [unary.Operand],
            BinaryNode binary => [binary.Left, binary.Right],
            DeclareNode declare => [declare.Value],
            AssignNode assign => [assign.Value],
            IfNode branch => [branch.Condition, branch.Then, branch.Else],
            BlockNode block => [.. block.Statements],
            ForNode loop => [loop.From, loop.To, loop.Step, loop.Body],
            WhileNode loop => [loop.Condition, loop.Body],
            ReturnNode end => [end.Value],
            CallStatementNode call => [call.Value],
            _ => [],
        };
        return parts.OfType<SyntaxNode>();
    }
}
