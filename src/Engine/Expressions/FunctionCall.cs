using System.Linq.Expressions;
using System.Reflection;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>Compiles calls of built-in functions and of methods of regular expression objects.</summary>
internal static class FunctionCall
{
    private static readonly ILookup<string, MethodInfo> Functions = typeof(Builtins)
        .GetMethods(BindingFlags.Public | BindingFlags.Static)
        .ToLookup(m => m.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly ILookup<string, MethodInfo> RegexMethods = typeof(RegexValue)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(m => !m.IsSpecialName)
        .ToLookup(m => m.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Special = ["abs", "isnull", "max", "min", "parameter", "pow", "today", "typeof", "inlist"];

    public static Typed OfBuiltin(CallNode node, List<Typed> arguments)
    {
        switch (node.Name.ToUpperInvariant())
        {
            case "ISNULL" when arguments.Count == 1:
                return new Typed(IsNull(arguments[0]), ExprType.Boolean);
            case "TYPEOF" when arguments.Count == 1:
                return new Typed(Expression.Constant(arguments[0].Type.ToString().ToUpperInvariant()
                    .Replace("TEXT", "STRING", StringComparison.Ordinal).ToLowerInvariant()), ExprType.Text);
            case "ABS" when arguments.Count == 1:
                return Numeric(node.Position, arguments, nameof(Numbers.Abs));
            case "MAX" or "MIN" when arguments.Count >= 1:
                var name = node.Name.Equals("max", StringComparison.OrdinalIgnoreCase) ? nameof(Numbers.Max) : nameof(Numbers.Min);
                return arguments.Aggregate((a, b) => Numeric(node.Position, [a, b], name));
            case "POW" when arguments.Count == 2:
                return Numeric(node.Position, [AsReal(arguments[0], node), arguments[1]], nameof(Numbers.Pow));
            case "INLIST" when arguments.Count >= 2:
                return arguments.Skip(1).Select(a => Operators.Compile("==", arguments[0], a)!.Value)
                    .Aggregate((a, b) => Operators.Compile("or", a, b)!.Value);
        }

        if (!Functions.Contains(node.Name))
        {
            throw new ExpressionException("LS2104", node.Position, $"There is no function '{node.Name}'. There are: {Names()}.");
        }

        var method = Match(Functions[node.Name], arguments.Count, node.Name, node.Position);
        return Invoke(null, method, arguments, node.Position);
    }

    public static Typed OfRegex(Expression target, MethodNode node, List<Typed> arguments)
    {
        if (!RegexMethods.Contains(node.Name))
        {
            throw new ExpressionException("LS2104", node.Position, $"Regular expressions have no '{node.Name}'. There are: "
                + $"{string.Join(", ", RegexMethods.Select(m => m.Key.ToLowerInvariant()).Order(StringComparer.Ordinal))}.");
        }

        var method = Match(RegexMethods[node.Name], arguments.Count, node.Name, node.Position);
        return Invoke(target, method, arguments, node.Position);
    }

    private static string Names() => string.Join(", ",
        Functions.Select(f => f.Key.ToLowerInvariant()).Concat(Special).Order(StringComparer.Ordinal));

    private static MethodInfo Match(IEnumerable<MethodInfo> overloads, int count, string name, TextPosition position)
    {
        var known = overloads.ToList();
        return known.Find(m => m.GetParameters().Length == count) ?? throw new ExpressionException("LS2104", position,
            $"'{name}' takes {string.Join(" or ", known.Select(m => m.GetParameters().Length).Order())} arguments, not {count}.");
    }

    private static Typed Invoke(Expression? target, MethodInfo method, List<Typed> arguments, TextPosition position)
    {
        var parameters = method.GetParameters();
        var values = arguments.Select((a, i) => Coercion.Convert(a, ExprTypes.Of(parameters[i].ParameterType))
            ?? throw new ExpressionException("LS2103", position,
                $"Argument {i + 1} of '{method.Name.ToLowerInvariant()}' cannot be a {a.Type}."));
        return new Typed(Expression.Call(target, method, values), ExprTypes.Of(method.ReturnType));
    }

    private static Typed AsReal(Typed value, CallNode node) => new(
        Coercion.Convert(value, ExprType.Real)
            ?? throw new ExpressionException("LS2103", node.Position, $"'{node.Name}' takes numbers."), ExprType.Real);

    private static Typed Numeric(TextPosition position, IReadOnlyList<Typed> arguments, string name)
    {
        var type = arguments.All(a => a.Type is ExprType.Integer or ExprType.Boolean) ? ExprType.Integer : ExprType.Real;
        var values = arguments.Select(a => Coercion.Convert(a, type)
            ?? throw new ExpressionException("LS2103", position, $"'{name.ToLowerInvariant()}' takes numbers.")).ToList();
        var method = typeof(Numbers).GetMethod(name, [.. values.Select(v => v.Type)])!;
        return new Typed(Expression.Call(method, values), type);
    }

    private static Expression IsNull(Typed value) => value.Type is ExprType.Null
        ? Expression.Constant(true, typeof(bool?))
        : Expression.Convert(Expression.Equal(value.Code, Expression.Constant(null, value.Code.Type)), typeof(bool?));
}
