using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Execution;

/// <summary>Checks that several factories make. Each gives false and adds an error when it does not hold.</summary>
internal static class WindowChecks
{
    /// <summary>All inputs have the same schema, or the kind takes different ones.</summary>
    public static bool HaveOneSchema(
        WindowDefinition definition, ImmutableArray<BuiltWindow> inputs, string path, ProblemList problems)
    {
        var first = inputs[0].Window.Schema;
        if (definition.TakesDifferentInputs || inputs.FirstOrDefault(i => i.Window.Schema.Id != first.Id) is not { } mismatch)
        {
            return true;
        }

        problems.Error("LS2007", path, definition.Position,
            $"Its inputs have two schemas: '{first}' and '{mismatch.Window.Schema}'.");
        return false;
    }

    /// <summary>There is one expression for each field that is no key.</summary>
    public static bool HasExpressionPerField(
        WindowDefinition definition, int expressions, Schema schema, string path, ProblemList problems)
    {
        var wanted = schema.Fields.Count(f => !f.IsKey);
        if (wanted == expressions)
        {
            return true;
        }

        problems.Error("LS2011", path, definition.Position,
            $"The schema has {wanted} fields that are no key, the output {expressions} expressions.");
        return false;
    }
}
