using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about aggregate windows; whether expressions compile is seen when the project is built.</summary>
internal static class AggregateRules
{
    public static void Check(AggregateWindowDefinition window, Schema? input, string path, ProblemList found)
    {
        WindowRules.CheckKeysComeFromInput(window, input, path, found);
        foreach (var key in window.Schema?.Fields.Where(f => f.IsKey) ?? [])
        {
            if (input?.IndexOf(key.Name) is >= 0 and var index && input.Fields[index].Type != key.Type)
            {
                found.Error(ProblemCode.InvalidKey, path, window.Position,
                    $"Key field '{key.Name}' of window '{window.Name}' is a {FieldTypeNames.NameOf(key.Type)} but a "
                    + $"{FieldTypeNames.NameOf(input.Fields[index].Type)} in its input.");
            }
        }

        WindowRules.CheckExpressionCount(window, window.Expressions.Length, path, found);
    }
}
