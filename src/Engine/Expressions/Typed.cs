using System.Linq.Expressions;

namespace Lockstep.Engine.Expressions;

/// <summary>A compiled value with its type in the language.</summary>
internal readonly record struct Typed(Expression Code, ExprType Type);
