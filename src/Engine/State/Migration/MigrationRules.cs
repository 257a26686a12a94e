using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.State.Migration;

/// <summary>
/// The rules by which a window's state is carried over to another version of its project (docs/operating/upgrade.md has them
/// as a table). Pure: two definitions and what the windows built from them hold.
/// </summary>
internal static class MigrationRules
{
    private const string Ways = "Start it empty, or rebuild the shadow from the inbound topics.";

    public static MigrationPlan Plan(
        ProjectDefinition formerProject, ProjectPlan former, ProjectDefinition project, ProjectPlan plan, MigrationChoices choices)
    {
        var before = new ProjectFeeds(formerProject);
        var after = new ProjectFeeds(project);
        var olds = former.Windows.ToDictionary(w => w.Window.Name, StringComparer.Ordinal);
        var names = plan.Windows.Select(w => w.Window.Name).ToHashSet(StringComparer.Ordinal);
        return new MigrationPlan(
        [
            .. plan.Windows.Select(w => Of(w, olds.GetValueOrDefault(w.Window.Name), before, after, choices)),
            .. former.Windows.Where(w => !names.Contains(w.Window.Name))
                .Select(w => new WindowMigration(w.Window.Name, MigrationOutcome.Dropped, "The new version has no such window.")),
        ]);
    }

    private static WindowMigration Of(
        PlannedWindow now, PlannedWindow? old, ProjectFeeds before, ProjectFeeds after, MigrationChoices choices)
    {
        var name = now.Window.Name;
        WindowMigration As(MigrationOutcome outcome, string reason) => new(name, outcome, reason);
        WindowMigration Undecided(string why, string ways) => choices.MayBeEmpty(name)
            ? As(MigrationOutcome.StartedEmpty, why)
            : As(MigrationOutcome.NotPossible, $"{why} {ways}");
        if (now.State == WindowState.None)
        {
            return As(MigrationOutcome.Stateless, "It holds no state.");
        }

        if (choices.IsEmpty(name))
        {
            return As(MigrationOutcome.StartedEmpty, "So it was decided.");
        }

        if (old is null)
        {
            return Undecided("It is new and holds state.", Ways);
        }

        var (was, definition) = (before.DefinitionOf(name), after.DefinitionOf(name));
        if (was.Kind != definition.Kind)
        {
            return Undecided($"It was a {was.Kind} window and is a {definition.Kind} window.", Ways);
        }

        if (Carried(was, definition, old, now) is not var (outcome, reason))
        {
            return Undecided("Its definition has changed.", Ways);
        }

        if (before.FeedOf(name) != after.FeedOf(name) && now.State != WindowState.Counters && !choices.MayKeep(name))
        {
            return Undecided("What feeds it has changed, so what it holds came about otherwise.", $"Keep it all the same. {Ways}");
        }

        return As(outcome, reason);
    }

    /// <summary>How the window's own state is carried over; null when no rule does it.</summary>
    private static (MigrationOutcome Outcome, string Reason)? Carried(
        WindowDefinition was, WindowDefinition definition, PlannedWindow old, PlannedWindow now)
    {
        // Windows in front decide whether rows are kept, so equal definitions alone do not say that the state has one form.
        if (old.State == now.State && old.Window.StateSchema == now.Window.StateSchema
            && ProjectDigest.ComputeWindow(was) == ProjectDigest.ComputeWindow(definition))
        {
            return (MigrationOutcome.Kept, "Its definition is the same.");
        }

        if (old.State == WindowState.Counters && now.State == WindowState.Counters)
        {
            return (MigrationOutcome.Kept, "Its counters go on.");
        }

        return now.State.HasFlag(WindowState.Rows) && !now.State.HasFlag(WindowState.Variables) && old.State == now.State
            && was is SourceWindowDefinition or CopyWindowDefinition
            && FieldsOf(old.Window.Schema, now.Window.Schema) is not null
            && SameRetention(RetentionOf(was), RetentionOf(definition))
                ? (MigrationOutcome.Adapted, "Its rows are taken over: fields that are new are null, fields that are gone are dropped.")
                : null;
    }

    /// <summary>By field of the new schema: index of the former field of that name and type, or -1; null: the keys differ.</summary>
    public static int[]? FieldsOf(Schema former, Schema schema)
    {
        string Keys(Schema of) => string.Join(",", of.KeyIndexes.Select(k => $"{of.Fields[k].Name}:{of.Fields[k].Type}"));
        if (Keys(former) != Keys(schema))
        {
            return null;
        }

        var fields = new int[schema.Fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = former.IndexOf(schema.Fields[i].Name);
            if (fields[i] >= 0 && former.Fields[fields[i]].Type != schema.Fields[i].Type)
            {
                return null;
            }
        }

        return fields;
    }

    /// <summary>A limit may change: it counts from the next event or tick on. A clock in a field has state of its own.</summary>
    private static bool SameRetention(RetentionDefinition? was, RetentionDefinition? now) =>
        was?.Kind == now?.Kind && was?.Field is null && now?.Field is null;

    private static RetentionDefinition? RetentionOf(WindowDefinition window) => window switch
    {
        SourceWindowDefinition source => source.Retention,
        CopyWindowDefinition copy => copy.Retention,
        _ => null,
    };
}
