using System.Linq.Expressions;

namespace Lockstep.Engine.Expressions;

/// <summary>A compiled value with its type in the language.</summary>
internal readonly record struct Typed(Expression Code, ExprType Type)
{
    /// <summary>A value that is written out.</summary>
    public static Typed Of(LiteralNode literal) => literal.Value switch
    {
        long whole => new Typed(Expression.Constant(whole, typeof(long?)), ExprType.Integer),
        double real => new Typed(Expression.Constant(real, typeof(double?)), ExprType.Real),
        bool truth => new Typed(Expression.Constant(truth, typeof(bool?)), ExprType.Boolean),
        string text => new Typed(Expression.Constant(text), ExprType.Text),
        DateTime date => new Typed(Expression.Constant((date - DateTime.UnixEpoch).TotalDays, typeof(double?)), ExprType.Date),
        _ => new Typed(Expression.Constant(null, typeof(string)), ExprType.Null),
    };
}
