using System.Security.Cryptography;
using System.Text;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.State.Migration;

/// <summary>
/// Of each window: its definition, and a digest of all that feeds it. A source's schema does not count there: a field more
/// changes nothing for windows that do not read it, and those that do have another definition.
/// </summary>
internal sealed class ProjectFeeds
{
    private readonly Dictionary<string, WindowDefinition> _definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _feeds = new(StringComparer.Ordinal);

    public ProjectFeeds(ProjectDefinition project)
    {
        foreach (var query in project.ContinuousQueries)
        {
            foreach (var window in query.Windows)
            {
                _definitions[$"{query.Name}/{window.Name}"] = window;
            }

            foreach (var window in query.Windows)
            {
                Feed(query, window.Name);
            }
        }
    }

    public WindowDefinition DefinitionOf(string window) => _definitions[window];

    public string FeedOf(string window) => _feeds[window];

    /// <summary>Engines are built of graphs without cycles, so this ends.</summary>
    private string Feed(ContinuousQueryDefinition query, string window)
    {
        var name = $"{query.Name}/{window}";
        if (_feeds.TryGetValue(name, out var known))
        {
            return known;
        }

        var text = new StringBuilder();
        foreach (var edge in query.Edges.Where(e => e.Target == window))
        {
            text.Append(edge.Source).Append('|').Append(edge.Role).Append('|').Append(edge.Slot).Append('|')
                .Append(OutputOf(_definitions[$"{query.Name}/{edge.Source}"])).Append('|').Append(Feed(query, edge.Source)).Append('\n');
        }

        return _feeds[name] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string OutputOf(WindowDefinition window) => ProjectDigest.ComputeWindow(window switch
    {
        SourceWindowDefinition source => source with { Schema = null },
        CopyWindowDefinition copy => copy with { Schema = null },
        _ => window,
    });
}
