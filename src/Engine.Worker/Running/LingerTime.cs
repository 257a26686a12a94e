using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Worker.Running;

/// <summary>How long a run goes on after its last event when nobody said so.</summary>
internal static class LingerTime
{
    /// <summary>Counter windows with longer intervals are not waited for.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    /// <summary>
    /// As long as counter windows take to say what they counted: what they give comes an interval after the events, so without that
    /// time a file would leave them empty.
    /// </summary>
    /// <param name="project">The project that runs.</param>
    public static TimeSpan Of(ProjectDefinition project) => project.ContinuousQueries
        .SelectMany(q => q.Windows)
        .OfType<CounterWindowDefinition>()
        .Where(w => w.CountInterval <= Most)
        .Select(w => w.CountInterval + (2 * project.HeartbeatInterval))
        .DefaultIfEmpty()
        .Max();
}
