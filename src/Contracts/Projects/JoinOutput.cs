namespace Lockstep.Contracts.Projects;

/// <summary>A part of the output of a join.</summary>
public abstract record JoinOutput;

/// <summary>field-expr: a field computed from fields of both sides, named <c>l_x</c> and <c>r_x</c>.</summary>
/// <param name="Name">The field.</param>
/// <param name="Type">Its type as text; empty for a bare name, whose type it then has.</param>
/// <param name="Expression">Gives its value.</param>
public sealed record JoinExpression(string Name, string Type, ExpressionText Expression) : JoinOutput;

/// <summary>field-selection: a field of one side.</summary>
/// <param name="Name">The field.</param>
/// <param name="Source"><c>l_x</c> or <c>r_x</c>.</param>
public sealed record JoinSelection(string Name, string Source) : JoinOutput;

/// <summary>left-expr, right-expr, left-select, right-select: several fields of one side under their names.</summary>
/// <param name="Element">The element's name.</param>
/// <param name="Names">A list with commas; * or empty for all.</param>
/// <param name="Exclude">A list with commas of those left out.</param>
public sealed record JoinSideFields(string Element, string Names, string Exclude) : JoinOutput
{
    /// <summary>True for the right side.</summary>
    public bool IsRight => Element.StartsWith("right", StringComparison.Ordinal);
}
