using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>The logic of a pattern as a tree: <c>fby{10 seconds}(a, and(notoccur(b), is:2(c)))</c>.</summary>
/// <param name="Operator">What it asks of its operands.</param>
/// <param name="Operands">Its operands in order; none for an event.</param>
/// <param name="Event">Name of the event; empty for operators.</param>
/// <param name="Times">How many events in a row; above 1 only for is.</param>
/// <param name="Limit">Longest time between two operands of fby; null for none.</param>
/// <param name="Position">Where it stands.</param>
public sealed record PatternLogic(
    PatternOperator Operator, ImmutableArray<PatternLogic> Operands, string Event, int Times, TimeSpan? Limit, TextPosition Position)
{
    /// <summary>Deepest nesting of operators.</summary>
    public const int DepthMax = 64;

    /// <summary>Most operators and events of one pattern.</summary>
    public const int NodesMax = 1000;

    /// <summary>Most events in a row that is may ask for.</summary>
    public const int TimesMax = 100_000;

    /// <summary>Reads the logic of a pattern.</summary>
    /// <param name="text">The text with its place.</param>
    /// <param name="report">Told what is wrong and where; at most once.</param>
    /// <returns>Null: it was reported.</returns>
    public static PatternLogic? Parse(ExpressionText text, Action<TextPosition, string> report) =>
        new PatternLogicParser(text, report).Parse();

    /// <summary>It and all below it, each before its operands.</summary>
    public IEnumerable<PatternLogic> All() => Operands.SelectMany(o => o.All()).Prepend(this);
}
