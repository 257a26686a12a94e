using System.Collections.Immutable;

namespace Lockstep.Connectors.Databases;

/// <summary>The files in which ODBC keeps data sources: what ODBCINI names, .odbc.ini of the user, /etc/odbc.ini.</summary>
internal static class OdbcFiles
{
    /// <summary>What is said of a data source, by name in lower case; null when no file has it.</summary>
    /// <param name="name">The data source, in any case.</param>
    /// <param name="looked">The files in the order in which they were looked for.</param>
    public static ImmutableDictionary<string, string>? SectionOf(string name, out ImmutableArray<string> looked)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        looked =
        [
            .. new[] { Environment.GetEnvironmentVariable("ODBCINI") ?? "", Path.Combine(home, ".odbc.ini"), "/etc/odbc.ini" }
                .Where(f => f.Length > 0).Distinct(),
        ];
        foreach (var file in looked.Where(File.Exists))
        {
            try
            {
                if (Read(File.ReadLines(file), name) is { } section)
                {
                    return section;
                }
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                throw new DatabaseException($"The data sources of ODBC cannot be read: {unreadable.Message}");
            }
        }

        return null;
    }

    private static ImmutableDictionary<string, string>? Read(IEnumerable<string> lines, string name)
    {
        ImmutableDictionary<string, string>.Builder? section = null;
        foreach (var line in lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] is not ('#' or ';')))
        {
            if (line[0] == '[')
            {
                if (section is not null)
                {
                    break;
                }

                if (string.Equals(line.Trim('[', ']').Trim(), name, StringComparison.OrdinalIgnoreCase))
                {
                    section = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
                }
            }
            else if (section is not null && line.IndexOf('=') is > 0 and var at)
            {
                section[line[..at].Trim().ToLowerInvariant()] = line[(at + 1)..].Trim();
            }
        }

        return section?.ToImmutable();
    }
}
