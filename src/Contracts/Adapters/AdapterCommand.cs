using System.Collections.Immutable;
using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Adapters;

/// <summary>
/// The command of an adapter connector, as data: it names one of the adapters that are built in and is never run by a shell.
/// </summary>
/// <param name="Adapter"><c>dfesp_fs_adapter</c>, without folder.</param>
/// <param name="Properties">Properties by name, quotes gone.</param>
public sealed record AdapterCommand(string Adapter, ImmutableSortedDictionary<string, string> Properties)
{
    /// <summary>The adapters that are built in.</summary>
    public static IReadOnlyList<string> Known { get; } = ["dfesp_fs_adapter"];

    /// <summary>Characters a command may have.</summary>
    public const int MaxLength = 32 * 1024;

    /// <summary>
    /// Reads <c>name -C key=value,key='value, with comma',...</c>; blanks outside quotes separate arguments, and <c>-C</c> may
    /// occur more than once.
    /// </summary>
    /// <param name="text">The command.</param>
    /// <param name="path">Where it stands, for problems.</param>
    /// <param name="position">Where it stands, for problems.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <returns>The command as far as it can be read; null when it names no adapter.</returns>
    public static AdapterCommand? Parse(string text, string path, TextPosition position, ICollection<Problem> problems)
    {
        void Report(string message) => problems.Add(new Problem(ProblemSeverity.Error, ProblemCode.InvalidCommand, path, position, message));

        if (text.Length > MaxLength)
        {
            Report($"The command is longer than {MaxLength} characters.");
            return null;
        }

        if (!TrySplit(text, char.IsWhiteSpace, out var words))
        {
            Report("A quote in the command is not closed.");
            return null;
        }

        if (words.Count == 0)
        {
            Report($"The command is empty; it must begin with an adapter: {string.Join(", ", Known)}.");
            return null;
        }

        var name = words[0][(words[0].LastIndexOfAny(['/', '\\']) + 1)..];
        if (!Known.Contains(name))
        {
            Report($"'{name}' is not an adapter of this version; supported are {string.Join(", ", Known)}.");
        }

        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (var i = 1; i < words.Count; i++)
        {
            if (words[i] != "-C")
            {
                Report($"'{words[i]}' is not understood; properties follow -C as name=value,name=value.");
            }
            else if (++i == words.Count)
            {
                Report("Properties are missing after -C.");
            }
            else
            {
                ReadProperties(words[i], properties, Report);
            }
        }

        return new AdapterCommand(name, properties.ToImmutable());
    }

    private static void ReadProperties(
        string text, ImmutableSortedDictionary<string, string>.Builder properties, Action<string> report)
    {
        TrySplit(text, c => c == ',', out var pairs);
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                report($"'{pair}' is not name=value.");
                continue;
            }

            var name = pair[..equals].Trim();
            if (!properties.TryAdd(name, Unquote(pair[(equals + 1)..].Trim())))
            {
                report($"Property '{name}' occurs twice.");
            }
        }
    }

    /// <summary>Splits where a separator stands outside quotes; the quotes stay.</summary>
    private static bool TrySplit(string text, Func<char, bool> isSeparator, out List<string> parts)
    {
        parts = [];
        var quote = '\0';
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || quote == '\0' && isSeparator(text[i]))
            {
                if (i > start)
                {
                    parts.Add(text[start..i]);
                }

                start = i + 1;
            }
            else if (quote == '\0')
            {
                quote = text[i] is '"' or '\'' ? text[i] : '\0';
            }
            else if (text[i] == quote)
            {
                quote = '\0';
            }
        }

        return quote == '\0';
    }

    private static string Unquote(string text) =>
        text.Length >= 2 && (text[0] is '"' or '\'') && text[^1] == text[0] ? text[1..^1] : text;
}
