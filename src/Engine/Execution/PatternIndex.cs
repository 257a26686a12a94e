using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows.Pattern;

namespace Lockstep.Engine.Execution;

/// <summary>An event that a pattern's logic names.</summary>
/// <param name="Definition">As the model has it.</param>
/// <param name="Source">Number of its window.</param>
/// <param name="Schema">Schema of its window.</param>
internal sealed record PatternEvent(PatternEventDefinition Definition, int Source, Schema Schema);

/// <summary>
/// Finds what keeps the instances of a pattern apart: its index, or where it has none a variable that every event of the logic
/// compares with a field. An instance can only take events with the same value of that field then, so that the others need not be
/// asked; unless the logic asks for the very next event, which would be another one with an index.
/// </summary>
internal static class PatternIndex
{
    /// <summary>Makes the groups.</summary>
    /// <exception cref="ExpressionException">An index field does not fit.</exception>
    public static InstanceGroups Of(PatternDefinition pattern, List<PatternEvent> events, int sources)
    {
        var fields = new int[sources][];
        if (pattern.Index.Length > 0)
        {
            foreach (var e in events)
            {
                fields[e.Source] = [.. pattern.Index.Distinct(StringComparer.Ordinal).Select(name => FieldOf(pattern, e, name, events[0].Schema))];
            }

            return new InstanceGroups(KeysOf(events[0], fields), fields, skipsNulls: false);
        }

        var asksForNext = pattern.Logic!.All().Any(p => p.Operator is PatternOperator.Is or PatternOperator.Not);
        if (!asksForNext && CommonVariable(events) is { } name)
        {
            foreach (var e in events)
            {
                fields[e.Source] = [ComparedFields(e).First(c => c.Name == name).Field];
            }

            return new InstanceGroups(KeysOf(events[0], fields), fields, skipsNulls: true);
        }

        return new InstanceGroups(new Schema([]), fields, skipsNulls: false);
    }

    private static Schema KeysOf(PatternEvent e, int[][] fields) =>
        new(fields[e.Source].Select(f => e.Schema.Fields[f]));

    private static int FieldOf(PatternDefinition pattern, PatternEvent e, string name, Schema first)
    {
        var index = e.Schema.IndexOf(name);
        return index >= 0 && e.Schema.Fields[index].Type == first.Fields[Math.Max(0, first.IndexOf(name))].Type
            ? index
            : throw new ExpressionException("LS2031", pattern.Position,
                $"The index field '{name}' must be a field of every source of the pattern, of one type.");
    }

    /// <summary>A variable that every event compares with one field a source, all of one type.</summary>
    private static string? CommonVariable(List<PatternEvent> events)
    {
        foreach (var (name, _, _) in ComparedFields(events[0]))
        {
            var compared = events.ConvertAll(e => (e.Source, Fields: ComparedFields(e).Where(c => c.Name == name).ToList()));
            if (compared.TrueForAll(c => c.Fields.Count == 1)
                && compared.Select(c => c.Fields[0].Type).Distinct().Count() == 1
                && compared.GroupBy(c => c.Source, c => c.Fields[0].Field).All(g => g.Distinct().Count() == 1))
            {
                return name;
            }
        }

        return null;
    }

    private static IEnumerable<(string Name, int Field, FieldType Type)> ComparedFields(PatternEvent e)
    {
        if (Parser.Parse(e.Definition.Expression, _ => true).Statements is not [var only])
        {
            return [];
        }

        return SyntaxWalk.Conjuncts(only).OfType<BinaryNode>().Where(b => b.Operator == "==")
            .SelectMany(b => new[] { (b.Left, b.Right), (Left: b.Right, Right: b.Left) })
            .Where(p => p.Left is NameNode && p.Right is NameNode)
            .Select(p => (Name: ((NameNode)p.Left).Name.ToUpperInvariant(), Plain: ((NameNode)p.Left).Name, Field: ((NameNode)p.Right).Name))
            .Where(p => ExpressionCompiler.FieldIndex(e.Schema, p.Plain) < 0 && !ExpressionCompiler.IsReserved(p.Plain)
                && ExpressionCompiler.FieldIndex(e.Schema, p.Field) >= 0)
            .Select(p => (p.Name, ExpressionCompiler.FieldIndex(e.Schema, p.Field)))
            .Select(p => (p.Name, p.Item2, e.Schema.Fields[p.Item2].Type));
    }
}
