using System.Collections.Immutable;
using System.Reflection;

namespace Lockstep.Engine.Expressions;

/// <summary>A function of the general language: what the compiler calls, and what the reference page says of it.</summary>
/// <param name="Name">In lower case; calls ignore case.</param>
/// <param name="Parameters">Their names in order; those that may be left out in brackets.</param>
/// <param name="Meaning">What it gives.</param>
/// <param name="Example">An expression that calls it.</param>
/// <param name="Result">The example's value as text; null for null.</param>
internal sealed record ExpressionFunction(string Name, string Parameters, string Meaning, string Example, string? Result)
{
    /// <summary>One method for each number of arguments; empty when <see cref="Compile"/> makes the code.</summary>
    public ImmutableArray<MethodInfo> Methods { get; private init; } = [];

    /// <summary>Makes the code of a call whose types or arguments are special; null when a method is called.</summary>
    public Func<CallNode, BodyCompiler, Typed>? Compile { get; private init; }

    /// <summary>A function made of the public methods of its name, underscores left out.</summary>
    /// <param name="holder">The type that has the methods: static ones, or those of an object of the language.</param>
    /// <param name="name">See the record.</param>
    /// <param name="parameters">See the record.</param>
    /// <param name="meaning">See the record.</param>
    /// <param name="example">See the record.</param>
    /// <param name="result">See the record.</param>
    public static ExpressionFunction Of(
        Type holder, string name, string parameters, string meaning, string example, string? result)
    {
        var method = name.Replace("_", "", StringComparison.Ordinal);
        var methods = holder.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance)
            .Where(m => m.Name.Equals(method, StringComparison.OrdinalIgnoreCase) && !m.IsSpecialName);
        return new ExpressionFunction(name, parameters, meaning, example, result) { Methods = [.. methods] };
    }

    /// <summary>A function whose code is made call by call.</summary>
    /// <param name="compile">Makes it, or throws <see cref="ExpressionException"/>.</param>
    /// <param name="name">See the record.</param>
    /// <param name="parameters">See the record.</param>
    /// <param name="meaning">See the record.</param>
    /// <param name="example">See the record.</param>
    /// <param name="result">See the record.</param>
    public static ExpressionFunction Special(
        Func<CallNode, BodyCompiler, Typed> compile, string name, string parameters, string meaning, string example, string? result) =>
        new(name, parameters, meaning, example, result) { Compile = compile };
}
