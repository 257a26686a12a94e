using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>How paths that a model names become those of this machine. Immutable.</summary>
/// <param name="Pairs">Pairs of path prefixes; the longest that fits counts. A prefix fits at a folder's end only.</param>
public sealed record PathMap(ImmutableArray<KeyValuePair<string, string>> Pairs)
{
    /// <summary>Every path stays as the model has it.</summary>
    public static PathMap None { get; } = new([]);

    /// <summary>A path of this machine for one that a model names.</summary>
    /// <param name="named">The path.</param>
    public string Of(string named)
    {
        KeyValuePair<string, string>? best = null;
        foreach (var pair in Pairs)
        {
            if (IsPrefix(pair.Key, named) && (best is null || pair.Key.Length > best.Value.Key.Length))
            {
                best = pair;
            }
        }

        return best is { } found ? found.Value + named[found.Key.Length..] : named;
    }

    private static bool IsPrefix(string prefix, string path) =>
        path.StartsWith(prefix, StringComparison.Ordinal)
        && (path.Length == prefix.Length || prefix.EndsWith('/') || path[prefix.Length] == '/');
}
