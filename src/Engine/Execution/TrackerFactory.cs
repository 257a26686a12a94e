using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Tracking;

namespace Lockstep.Engine.Execution;

/// <summary>Makes object-tracker windows.</summary>
internal static class TrackerFactory
{
    public static BuiltWindow? Create(
        ObjectTrackerWindowDefinition definition, string path, Schema schema, ImmutableArray<BuiltWindow> inputs, ProblemList problems)
    {
        if (!WindowChecks.HaveOneSchema(definition, inputs, path, problems))
        {
            return null;
        }

        var input = inputs[0].Window.Schema;
        var missing = new List<string>();
        int[] Find(string role, bool isRequired)
        {
            var places = PlacesOf(definition.Inputs.GetValueOrDefault(role, ""), input);
            if (places.Length == 0 && (isRequired || definition.Inputs.ContainsKey(role)))
            {
                missing.Add($"{role}='{definition.Inputs.GetValueOrDefault(role, "")}'");
            }

            return places;
        }

        var fields = new DetectionReader(
            definition.CoordType, Find("count", false), Find("score", true), Find("label", false),
            [.. definition.Coordinates.Select(c => Find(c, true))]);
        if (missing.Count > 0)
        {
            problems.Error("LS2310", path, definition.Position,
                $"The input of the object-tracker window must name fields of its input window; these do not: {string.Join(", ", missing)}.");
            return null;
        }

        var traits = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        return new BuiltWindow(
            new ObjectTrackerWindow(path, schema, definition, fields, input.Fields.Length),
            new WindowTraits(InsertOnly: true, Resolved: true, UniqueKeys: traits.UniqueKeys));
    }

    // A field; with % for numbers, those from 0 or 1 on that are there.
    private static int[] PlacesOf(string name, Schema input)
    {
        if (!name.Contains('%', StringComparison.Ordinal))
        {
            return input.IndexOf(name) is >= 0 and var index ? [index] : [];
        }

        int At(int number) => input.IndexOf(name.Replace("%", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var places = new List<int>();
        for (var number = At(0) >= 0 ? 0 : 1; At(number) is >= 0 and var index; number++)
        {
            places.Add(index);
        }

        return [.. places];
    }
}
