using Lockstep.Contracts.Projects;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>A window that keeps rows by time.</summary>
/// <param name="Window">query/window.</param>
/// <param name="Duration">How long a row stays.</param>
internal sealed record WindowRetention(string Window, TimeSpan Duration)
{
    /// <summary>Of a window and all that its events reach, the one that keeps rows longest by time; null: none does.</summary>
    public static WindowRetention? Behind(ContinuousQueryDefinition query, string window)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { window };
        var waiting = new Queue<string>([window]);
        while (waiting.TryDequeue(out var from))
        {
            foreach (var edge in query.Edges.Where(e => e.Source == from))
            {
                if (reached.Add(edge.Target))
                {
                    waiting.Enqueue(edge.Target);
                }
            }
        }

        return query.Windows
            .Where(w => reached.Contains(w.Name))
            .Select(w => (w.Name, Retention: w switch
            {
                SourceWindowDefinition source => source.Retention,
                CopyWindowDefinition copy => copy.Retention,
                _ => null,
            }))
            .Where(w => w.Retention is { Duration.Ticks: > 0 })
            .OrderByDescending(w => w.Retention!.Duration)
            .Select(w => new WindowRetention($"{query.Name}/{w.Name}", w.Retention!.Duration))
            .FirstOrDefault();
    }
}
