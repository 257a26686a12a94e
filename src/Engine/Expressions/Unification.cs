using System.Linq.Expressions;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>Comparisons that bind names.</summary>
internal static class Unification
{
    /// <summary>
    /// <c>==</c> with a name that it binds: the first time the name takes the other side's value, which is true unless that is
    /// null; later it compares. Null for other comparisons.
    /// </summary>
    public static Typed? Compile(BinaryNode node, BodyCompiler body)
    {
        var (left, right) = (body.Unified(node.Left), body.Unified(node.Right));
        if (left is null && right is null)
        {
            return null;
        }

        var (name, other) = left is { } first ? (first, right ?? body.Value(node.Right)) : (right!.Value, body.Value(node.Left));
        var compared = body.Apply("==", name, other, node.Position).Code;
        if (left is not null && right is not null)
        {
            compared = Expression.Condition(IsNull(other.Code), Bind(other, name, node.Position), compared);
        }

        return new Typed(Expression.Condition(IsNull(name.Code), Bind(name, other, node.Position), compared), ExprType.Boolean);
    }

    private static BlockExpression Bind(Typed name, Typed value, TextPosition position) => Expression.Block(
        Expression.Assign(name.Code, BodyCompiler.Convert(value, name.Type, position)),
        Expression.Condition(
            IsNull(name.Code), Expression.Constant(null, typeof(bool?)), Expression.Constant(true, typeof(bool?))));

    private static BinaryExpression IsNull(Expression code) => Expression.Equal(code, Expression.Constant(null, code.Type));
}
