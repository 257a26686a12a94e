using System.Globalization;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about one window and its inputs.</summary>
internal static class WindowRules
{
    /// <summary>The windows that feed each window, in the order of the edges.</summary>
    public static ILookup<string, WindowDefinition> InputsByName(ContinuousQueryDefinition query)
    {
        var windows = new Dictionary<string, WindowDefinition>(StringComparer.Ordinal);
        foreach (var window in query.Windows)
        {
            windows.TryAdd(window.Name, window);
        }

        return query.Edges.Where(e => windows.ContainsKey(e.Source)).ToLookup(e => e.Target, e => windows[e.Source], StringComparer.Ordinal);
    }

    public static void Check(WindowDefinition window, List<WindowDefinition> inputs, bool isOpen, string path, ProblemList found)
    {
        if (window is UnsupportedWindowDefinition unsupported)
        {
            found.Error(ProblemCode.UnsupportedWindow, path, window.Position,
                $"Window '{window.Name}' ({window.Kind}) is not run by this version: {unsupported.Reason}. "
                + $"Supported are {string.Join(", ", WindowKind.Supported)}.");
            return;
        }

        if (window.Schema is { KeyIndexes.Length: 0 })
        {
            found.Error(ProblemCode.InvalidKey, path, window.Position, $"Window '{window.Name}' has no key field.");
        }

        if (!isOpen)
        {
            CheckInputs(window, inputs, path, found);
        }

        var input = inputs.FirstOrDefault()?.Schema;
        switch (window)
        {
            case SourceWindowDefinition source:
                CheckAutogenKey(source, path, found);
                CheckRetention(source.Retention, source.Schema, path, found);
                break;
            case CopyWindowDefinition copy:
                CheckRetention(copy.Retention, copy.Schema, path, found);
                break;
            case ComputeWindowDefinition compute:
                CheckCompute(compute, input, path, found);
                break;
            case FunctionalWindowDefinition functional:
                CheckFunctional(functional, inputs, path, found);
                break;
            case AggregateWindowDefinition aggregate:
                AggregateRules.Check(aggregate, input, path, found);
                break;
            case PatternWindowDefinition pattern:
                PatternRules.Check(pattern, inputs, path, found);
                break;
            case CalculateWindowDefinition calculate:
                CalculateRules.Check(calculate, input, path, found);
                break;
            case TrainWindowDefinition train:
                ModelRules.Check(train, inputs, path, found);
                break;
            case ModelSupervisorWindowDefinition supervisor:
                ModelRules.Check(supervisor, inputs, path, found);
                break;
            case ModelReaderWindowDefinition reader:
                ModelRules.Check(reader, inputs, path, found);
                break;
            case ScoreWindowDefinition score:
                ModelRules.Check(score, inputs, path, found);
                break;
        }
    }

    /// <summary>Reports key fields that the input does not have.</summary>
    public static void CheckKeysComeFromInput(WindowDefinition window, Schema? input, string path, ProblemList found)
    {
        foreach (var key in window.Schema?.Fields.Where(f => f.IsKey) ?? [])
        {
            if (input is not null && input.IndexOf(key.Name) < 0)
            {
                found.Error(ProblemCode.InvalidKey, path, window.Position,
                    $"Key field '{key.Name}' of window '{window.Name}' is not a field of its input.");
            }
        }
    }

    /// <summary>Reports when there is not one expression for each field that is no key.</summary>
    public static void CheckExpressionCount(WindowDefinition window, int expressions, string path, ProblemList found)
    {
        if (window.Schema?.Fields.Count(f => !f.IsKey) is { } count && count != expressions)
        {
            found.Error(ProblemCode.ExpressionCount, path, window.Position, string.Create(CultureInfo.InvariantCulture,
                $"Window '{window.Name}' has {expressions} field-expr for {count} fields that are not keys; each needs one, in order."));
        }
    }

    private static void CheckInputs(WindowDefinition window, List<WindowDefinition> inputs, string path, ProblemList found)
    {
        if (window is SourceWindowDefinition)
        {
            if (inputs.Count > 0)
            {
                found.Error(ProblemCode.InvalidInput, path, window.Position,
                    $"Source window '{window.Name}' has an edge into it; events come into it only from outside.");
            }

            return;
        }

        if (inputs.Count == 0 && window.NeedsInput)
        {
            found.Warn(ProblemCode.InvalidInput, path, window.Position, $"Window '{window.Name}' has no input and will never hold an event.");
            return;
        }

        var schemas = inputs.Select(i => i.Schema).OfType<Schema>().ToList();
        if (!window.TakesDifferentInputs && schemas.Skip(1).FirstOrDefault(s => !s.Equals(schemas[0])) is { } other)
        {
            found.Error(ProblemCode.InvalidInput, path, window.Position,
                $"The inputs of window '{window.Name}' must have one schema, not both ({schemas[0]}) and ({other}).");
        }
    }

    private static void CheckAutogenKey(SourceWindowDefinition source, string path, ProblemList found)
    {
        if (!source.AutogenKey || source.Schema is not { } schema)
        {
            return;
        }

        if (!source.InsertOnly)
        {
            found.Error(ProblemCode.InvalidAutogenKey, path, source.Position, "A window with autogen-key must be insert-only.");
        }

        if (schema.KeyIndexes is not [var key] || schema.Fields[key].Type is not (FieldType.Int64 or FieldType.String))
        {
            found.Error(ProblemCode.InvalidAutogenKey, path, source.Position,
                "A window with autogen-key must have one key field, of type int64 or string.");
        }
    }

    private static void CheckRetention(RetentionDefinition? retention, Schema? schema, string path, ProblemList found)
    {
        if (retention?.Field is not { } field || schema is null)
        {
            return;
        }

        var index = schema.IndexOf(field);
        if (index < 0 || schema.Fields[index].Type is not (FieldType.Date or FieldType.Stamp))
        {
            found.Error(ProblemCode.InvalidRetentionField, path, retention.Position, index < 0
                ? $"The retention's field '{field}' is not a field of the window."
                : $"The retention's field '{field}' must be of type date or stamp.");
        }
    }

    private static void CheckCompute(ComputeWindowDefinition compute, Schema? input, string path, ProblemList found)
    {
        CheckKeysComeFromInput(compute, input, path, found);
        CheckExpressionCount(compute, compute.Expressions.Length, path, found);
    }

    private static void CheckFunctional(
        FunctionalWindowDefinition functional, List<WindowDefinition> inputs, string path, ProblemList found)
    {
        var functions = functional.Context.Functions.Select(f => f.Name)
            .Concat(functional.Loops.SelectMany(l => l.Context.Functions, (_, f) => f.Name)).ToHashSet(StringComparer.Ordinal);
        var schemas = inputs.Select(i => i.Schema).OfType<Schema>().ToList();
        foreach (var field in schemas.Count == 0 ? [] : functional.Schema?.Fields ?? [])
        {
            if (functions.Contains(field.Name) || schemas.Any(s => s.IndexOf(field.Name) >= 0))
            {
                continue;
            }

            if (field.IsKey)
            {
                found.Error(ProblemCode.InvalidKey, path, functional.Position,
                    $"Key field '{field.Name}' has no function and is not a field of the input.");
            }
            else
            {
                found.Warn(ProblemCode.FieldWithoutValue, path, functional.Position,
                    $"Field '{field.Name}' has no function and is not a field of the input; it will always be null.");
            }
        }
    }
}
