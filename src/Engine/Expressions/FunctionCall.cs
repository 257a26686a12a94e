using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Reflection;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>Compiles calls of built-in functions and of functions of objects.</summary>
internal static class FunctionCall
{
    /// <summary>Compiles a call of a built-in function.</summary>
    /// <exception cref="ExpressionException">There is none of the name, or the arguments do not fit.</exception>
    public static Typed OfBuiltin(CallNode node, BodyCompiler body)
    {
        if (ExpressionFunctions.Find(node.Name) is not { } function)
        {
            throw ExpressionFunctions.WhyRefused(node.Name) is { } reason
                ? new ExpressionException("LS2105", node.Position, $"Function '{node.Name}' is not supported: {reason}.")
                : new ExpressionException("LS2104", node.Position,
                    $"There is no function '{node.Name}'. There are: {ExpressionFunctions.Names}.");
        }

        return function.Compile is { } compile
            ? compile(node, body)
            : Invoke(null, function.Methods, function.Name, node.Arguments, node.Position, body);
    }

    /// <summary>Compiles a call on a regular expression or an array.</summary>
    /// <exception cref="ExpressionException">The object has no such function, or the arguments do not fit.</exception>
    public static Typed OfObject(Typed target, MethodNode node, BodyCompiler body)
    {
        var item = ExprTypes.ItemOf(target.Type);
        var functions = item is null ? RegexValue.All : ArrayValue.All;
        if (functions.FirstOrDefault(f => f.Name.Equals(node.Name, StringComparison.OrdinalIgnoreCase)) is not { } function)
        {
            throw new ExpressionException("LS2104", node.Position,
                $"'{node.Target}' has no '{node.Name}'. There are: {string.Join(", ", functions.Select(f => f.Name))}.");
        }

        // The table has the methods of one array type; the names are those of all.
        var methods = function.Methods.SelectMany(m
            => target.Code.Type.GetMember(m.Name).OfType<MethodInfo>()).Distinct().ToImmutableArray();
        var call = Invoke(target.Code, methods, function.Name, node.Arguments, node.Position, body, item);
        return item is not null && function.Name != "dim" ? call with { Type = item.Value } : call;
    }

    private static Typed Invoke(
        Expression? target, ImmutableArray<MethodInfo> methods, string name, ImmutableArray<SyntaxNode> arguments,
        TextPosition position, BodyCompiler body, ExprType? item = null)
    {
        var method = methods.FirstOrDefault(m => ParametersOf(m).Length == arguments.Length)
            ?? throw new ExpressionException("LS2104", position,
                $"'{name}' takes {string.Join(" or ", methods.Select(m => ParametersOf(m).Length).Order())} arguments, "
                + $"not {arguments.Length}.");
        var parameters = ParametersOf(method);
        var values = arguments.Select((argument, i) =>
        {
            var value = body.Value(argument);
            var type = item is not null && parameters[i].Name == "value" ? item.Value : ExprTypes.Of(parameters[i].ParameterType);
            return Coercion.Convert(value, type)
                ?? throw new ExpressionException("LS2103", argument.Position, $"Argument {i + 1} of '{name}' cannot be a {value.Type}.");
        });
        if (parameters.Length < method.GetParameters().Length)
        {
            values = values.Prepend(body.Frame);
        }

        return new Typed(Expression.Call(target, method, values), ExprTypes.Of(method.ReturnType));
    }

    // The frame in front is no argument.
    private static ParameterInfo[] ParametersOf(MethodInfo method) =>
        [.. method.GetParameters().Where(p => p.ParameterType != typeof(Frame))];
}
