using System.Globalization;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about pattern windows; whether expressions compile is seen when the project is built.</summary>
internal static class PatternRules
{
    public static void Check(PatternWindowDefinition window, List<WindowDefinition> inputs, string path, ProblemList found)
    {
        if (window.Schema is { KeyIndexes: not [] } schema
            && (schema.KeyIndexes is not [var key] || schema.Fields[key].Type != FieldType.Int64))
        {
            found.Error(ProblemCode.InvalidKey, path, window.Position,
                $"Window '{window.Name}' makes its key: its schema must have one key field, of type int64.");
        }

        var sources = inputs.Where(i => i.Schema is not null).DistinctBy(i => i.Name, StringComparer.Ordinal)
            .ToDictionary(i => i.Name, i => i.Schema!, StringComparer.Ordinal);
        foreach (var pattern in inputs.Count == 0 ? [] : window.Patterns)
        {
            new Checker(window, pattern, sources, path, found).Check();
        }
    }

    /// <summary>True: an instance that was opened ends within a time, whatever comes.</summary>
    /// <param name="logic">A part of the logic.</param>
    /// <param name="isLimited">True: a time of fby around it ends it.</param>
    internal static bool Ends(PatternLogic logic, bool isLimited) => logic.Operator switch
    {
        PatternOperator.Event => true,
        PatternOperator.FollowedBy => Ends(logic.Operands[0], isLimited)
            && (logic.Operands.Length == 1 || isLimited || logic.Limit is not null),
        PatternOperator.And => isLimited
            || (logic.Operands.Count(o => o.Operator is not (PatternOperator.Not or PatternOperator.NotOccur)) == 1
                && logic.Operands.All(o => o.Operator is PatternOperator.Not or PatternOperator.NotOccur || Ends(o, false))),
        PatternOperator.Or => logic.Operands.All(o => Ends(o, isLimited)),
        PatternOperator.NotOccur => isLimited,
        PatternOperator.Is when logic.Times > 1 => isLimited,
        _ => Ends(logic.Operands[0], isLimited),
    };

    private sealed class Checker(
        PatternWindowDefinition window, PatternDefinition pattern, Dictionary<string, Schema> sources, string path, ProblemList found)
    {
        private readonly Dictionary<string, Schema> _schemas = new(StringComparer.Ordinal);

        public void Check()
        {
            found.Duplicates(pattern.Events, e => e.Name, e => e.Position, path, "events of a pattern");
            foreach (var e in pattern.Events)
            {
                if (SourceOf(e.Source) is { } schema)
                {
                    _schemas.TryAdd(e.Name, schema);
                }
                else
                {
                    Error(e.Position, $"Event '{e.Name}' needs a source, one of its input windows: {string.Join(", ", sources.Keys)}.");
                }
            }

            CheckLogic();
            CheckIndex();
            CheckTimeFields();
            CheckOutput();
        }

        private Schema? SourceOf(string source) => source.Length > 0 ? sources.GetValueOrDefault(source)
            : sources.Count == 1 ? sources.Values.First() : null;

        private void CheckLogic()
        {
            if (pattern.Logic is not { } logic)
            {
                return;
            }

            foreach (var part in logic.All().Where(p => p.Operator == PatternOperator.Event && pattern.Events.All(e => e.Name != p.Event)))
            {
                found.Error(ProblemCode.InvalidPattern, path, part.Position,
                    $"The logic names '{part.Event}', which is no event of the pattern. There are: "
                    + $"{string.Join(", ", pattern.Events.Select(e => e.Name))}.");
            }

            if (pattern.IsActive && !Ends(logic, isLimited: false))
            {
                found.Warn(ProblemCode.UnlimitedPattern, path, logic.Position,
                    "Instances of the pattern stay open until they match, and take memory; give fby a time, as in fby{10 minutes}(a, b).");
            }
        }

        private void CheckIndex()
        {
            foreach (var name in pattern.Index)
            {
                var types = _schemas.Values.Select(s => s.IndexOf(name) is >= 0 and var at ? s.Fields[at].Type : (FieldType?)null).Distinct().ToList();
                if (types.Contains(null) || types.Count > 1)
                {
                    Error(pattern.Position, $"The index field '{name}' must be a field of every source of the pattern, of one type.");
                }
            }
        }

        private void CheckTimeFields()
        {
            foreach (var time in pattern.TimeFields)
            {
                var schema = SourceOf(time.Source);
                if (schema is null || schema.IndexOf(time.Field) is not (>= 0 and var at)
                    || schema.Fields[at].Type is not (FieldType.Date or FieldType.Stamp))
                {
                    Error(time.Position,
                        $"The time field '{time.Field}' must be a date or stamp field of '{time.Source}', an input window.");
                }
            }
        }

        private void CheckOutput()
        {
            if (pattern.OutputFunction is not null)
            {
                return;
            }

            if (window.Schema?.Fields.Count(f => !f.IsKey) is { } count && count != pattern.Output.Length)
            {
                found.Error(ProblemCode.ExpressionCount, path, pattern.Position, string.Create(CultureInfo.InvariantCulture,
                    $"The pattern's output has {pattern.Output.Length} entries for {count} fields that are not keys; each needs one, in order."));
            }

            foreach (var entry in pattern.Output)
            {
                if (!_schemas.TryGetValue(entry.Event, out var schema))
                {
                    if ((entry.Event.Length > 0 || entry.Field is not null) && pattern.Events.All(e => e.Name != entry.Event))
                    {
                        Error(entry.Position, $"The output names node '{entry.Event}', which is no event of the pattern.");
                    }
                }
                else if (entry.Field is { } field && schema.IndexOf(field) < 0)
                {
                    Error(entry.Position, $"Event '{entry.Event}' has no field '{field}'.");
                }
            }
        }

        private void Error(TextPosition position, string message) =>
            found.Error(ProblemCode.InvalidPatternField, path, position, message);
    }
}
