using Lockstep.Engine.Execution;
using Lockstep.Engine.Windows.Copy;
using Lockstep.Engine.Windows.Source;

namespace Lockstep.Engine.State.Migration;

/// <summary>Carries state from the windows of one version to those of another, as a plan says. One window's state at a time is copied.</summary>
internal static class StateMigration
{
    public static void Move(ProjectPlan former, ProjectPlan target, MigrationPlan plan)
    {
        var olds = former.Windows.ToDictionary(w => w.Window.Name, StringComparer.Ordinal);
        var news = target.Windows.ToDictionary(w => w.Window.Name, StringComparer.Ordinal);
        foreach (var window in plan.Windows)
        {
            switch (window.Outcome)
            {
                case MigrationOutcome.Kept:
                    StateCopy.Of(olds[window.Window].WriteState, news[window.Window].ReadState);
                    break;
                case MigrationOutcome.Adapted:
                    Adapt(olds[window.Window], news[window.Window]);
                    break;
            }
        }

        target.Scripts.TakeOver(former.Scripts);
    }

    private static void Adapt(PlannedWindow old, PlannedWindow now)
    {
        var fields = MigrationRules.FieldsOf(old.Window.Schema, now.Window.Schema)!;
        if (old.Window is SourceWindow from && now.Window is SourceWindow to)
        {
            to.TakeOver(from, fields);
        }
        else if (old.Window is CopyWindow { Kept: { } former } && now.Window is CopyWindow { Kept: { } rows })
        {
            rows.Rows.TakeOver(former.Rows, fields);
        }
    }
}
