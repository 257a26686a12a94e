using System.Collections.Immutable;
using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Adapters;

/// <summary>A value of a section with its place.</summary>
/// <param name="Text">The value, quotes gone.</param>
/// <param name="Position">Where it stands.</param>
public readonly record struct AdapterConfigValue(string Text, TextPosition Position);

/// <summary>A group of a configuration file: <c>name { key = value ... }</c>.</summary>
/// <param name="Name">Its name; empty for the file itself.</param>
/// <param name="Values">Values by name; of two with one name the last.</param>
/// <param name="Sections">Groups within by name.</param>
/// <param name="Position">Where it begins.</param>
public sealed record AdapterConfigSection(
    string Name,
    ImmutableSortedDictionary<string, AdapterConfigValue> Values,
    ImmutableSortedDictionary<string, AdapterConfigSection> Sections,
    TextPosition Position)
{
    /// <summary>A value's text; null when it is not there.</summary>
    public string? this[string name] => Values.TryGetValue(name, out var value) ? value.Text : null;

    /// <summary>A group within; an empty one when it is not there.</summary>
    public AdapterConfigSection Section(string name) => Sections.TryGetValue(name, out var section) ? section : Empty(name, default);

    /// <summary>The values as plain text by name.</summary>
    public ImmutableSortedDictionary<string, string> ToProperties() =>
        Values.ToImmutableSortedDictionary(v => v.Key, v => v.Value.Text, StringComparer.Ordinal);

    internal static AdapterConfigSection Empty(string name, TextPosition position) => new(
        name, ImmutableSortedDictionary<string, AdapterConfigValue>.Empty, ImmutableSortedDictionary<string, AdapterConfigSection>.Empty, position);
}

/// <summary>
/// Reads configuration files of adapters (kafkapub.cfg): groups with or without <c>=</c> or <c>:</c> before the brace, values
/// with or without quotes and semicolons, comments from <c>#</c> or <c>//</c> to the line's end.
/// </summary>
public static class AdapterConfigFile
{
    /// <summary>Characters a file may have.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>How deep groups may nest.</summary>
    public const int MaxDepth = 16;

    /// <summary>Reads a file's text. Wrong text never throws.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="path">The file's name, for problems.</param>
    /// <param name="problems">Gets everything that is wrong, with line and column.</param>
    /// <returns>The file as a section without name, as far as it can be read.</returns>
    public static AdapterConfigSection Read(string text, string path, ICollection<Problem> problems)
    {
        if (text.Length > MaxLength)
        {
            problems.Add(new Problem(ProblemSeverity.Error, ProblemCode.InvalidConfigFile, path, new TextPosition(1, 1),
                $"The file is longer than {MaxLength} characters."));
            return AdapterConfigSection.Empty("", new TextPosition(1, 1));
        }

        return new AdapterConfigParser(text, path, problems).ReadFile();
    }
}
