namespace Lockstep.Manager.Web.Ui.Parts;

/// <summary>One thing that can be done to a subject, with what would come of it.</summary>
/// <param name="Verb">The verb, the same in REST and on the command line: kill, switchover, restart, stop, start.</param>
/// <param name="Label">Its name in the menu.</param>
/// <param name="Icon">An icon of MudBlazor.</param>
/// <param name="Forecast">One line: what will happen.</param>
/// <param name="Refusal">Why it cannot be done now; null when it can.</param>
/// <param name="IsDestructive">Drawn as a warning.</param>
public sealed record Act(
    string Verb, string Label, string Icon, string Forecast, string? Refusal = null, bool IsDestructive = false);
