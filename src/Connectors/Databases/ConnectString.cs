using System.Collections.Immutable;
using Lockstep.Contracts.Projects;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Lockstep.Connectors.Databases;

/// <summary>
/// A connect string of ODBC, <c>Driver={...};Server=...;</c> or <c>DSN=...;</c>, read for the two databases that are reached
/// without an ODBC driver. A DSN stands for what odbc.ini of this machine says under its name; the string itself wins.
/// </summary>
/// <param name="Values">What it says, by name in lower case; of two the first counts, as in ODBC.</param>
internal sealed record ConnectString(ImmutableDictionary<string, string> Values)
{
    private static readonly ImmutableArray<(string Name, ImmutableArray<string> Words)> Known =
    [
        ("server", ["server", "servername", "host", "hostname", "hst"]),
        ("port", ["port", "portnumber", "prt"]),
        ("database", ["database", "db", "dbq", "databasename", "dbname"]),
        ("user", ["uid", "user", "username", "user id", "logonid", "user name"]),
        ("password", ["pwd", "password"]),
        ("sslmode", ["sslmode"]),
        ("timeout", ["timeout", "logintimeout", "connect timeout", "connection timeout"]),
    ];

    private static readonly ImmutableArray<string> SslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

    /// <summary>Name of the data source, or empty.</summary>
    public string Dsn => Values.GetValueOrDefault("dsn", "");

    /// <summary>True for SQLite, false for PostgreSQL, null when the driver is another, or not said.</summary>
    public bool? IsSqlite => Values.GetValueOrDefault("driver", "") switch
    {
        var d when d.Contains("sqlite", StringComparison.OrdinalIgnoreCase) => true,
        var d when d.Contains("postgres", StringComparison.OrdinalIgnoreCase) || d.Contains("psql", StringComparison.OrdinalIgnoreCase) => false,
        _ => null,
    };

    /// <summary>Reads a connect string; what is wrong goes to the reader's problems. Nothing of the machine is looked at.</summary>
    public static ConnectString Parse(PropertyReader properties)
    {
        var text = properties.Required("connectstring");
        if (!TrySplit(text, out var values))
        {
            properties.Error(ProblemCode.InvalidProperty,
                "Property 'connectstring' must be name=value separated by semicolons, a value with a semicolon in braces.");
        }

        var read = new ConnectString(values);
        if (text.Length > 0 && read.Dsn.Length == 0 && read.IsSqlite is null)
        {
            properties.Error(ProblemCode.InvalidProperty, values.TryGetValue("driver", out var driver)
                ? $"Property 'connectstring' names the driver '{driver}'; supported are PostgreSQL and SQLite."
                : "Property 'connectstring' needs 'DSN=' with a name of odbc.ini, or 'Driver=' with PostgreSQL or SQLite.");
        }

        return read;
    }

    /// <summary>The string with what odbc.ini says of its DSN. Reads files of this machine.</summary>
    /// <exception cref="DatabaseException">The DSN is not there, or of another driver.</exception>
    public ConnectString Resolve()
    {
        var whole = this;
        if (Dsn.Length > 0)
        {
            var section = OdbcFiles.SectionOf(Dsn, out var looked);
            if (section is null && IsSqlite is null)
            {
                throw new DatabaseException($"The data source '{Dsn}' is in none of {string.Join(", ", looked)}; add [{Dsn}] with Driver, "
                    + "Server, Port and Database there, or write Driver=PostgreSQL;Server=...; in connectstring.");
            }

            whole = new ConnectString((section ?? ImmutableDictionary<string, string>.Empty).SetItems(Values));
        }

        return whole.IsSqlite is not null ? whole : throw new DatabaseException(
            $"The data source '{Dsn}' has the driver '{whole.Values.GetValueOrDefault("driver", "")}'; supported are PostgreSQL and SQLite.");
    }

    /// <summary>Connect string of a resolved one in the words of its ADO.NET provider.</summary>
    /// <param name="substitutions">For the file of SQLite.</param>
    /// <exception cref="DatabaseException">Something is missing or cannot be a value.</exception>
    public string ForProvider(Substitutions substitutions)
    {
        var database = Value("database");
        if (database.Length == 0)
        {
            throw new DatabaseException("connectstring says no database: add Database=name.");
        }

        if (IsSqlite == true)
        {
            // A file that is missing is an error and not made: its tables would be missing too.
            return new SqliteConnectionStringBuilder
            {
                DataSource = substitutions.PathOf(database),
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
            }.ToString();
        }

        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = Value("server") is { Length: > 0 } host ? host : "localhost",
            Port = NumberOf("port", 5432),
            Database = database,
            Timeout = NumberOf("timeout", 15),
            Pooling = false,
            MaxAutoPrepare = 16,
        };
        if (Value("user") is { Length: > 0 } user)
        {
            builder.Username = user;
        }

        if (Value("password") is { Length: > 0 } password)
        {
            builder.Password = password;
        }

        if (Value("sslmode").ToLowerInvariant() is { Length: > 0 } mode)
        {
            if (!SslModes.Contains(mode))
            {
                throw new DatabaseException($"sslmode of connectstring must be one of {string.Join(", ", SslModes)}, not '{mode}'.");
            }

            builder.SslMode = Enum.Parse<SslMode>(mode.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        }

        return builder.ToString();
    }

    private string Value(string name)
    {
        foreach (var word in Known.First(k => k.Name == name).Words)
        {
            if (Values.TryGetValue(word, out var value))
            {
                return value;
            }
        }

        return "";
    }

    private int NumberOf(string name, int missing) => Value(name) switch
    {
        "" => missing,
        var text when ushort.TryParse(text, out var number) => number,
        var text => throw new DatabaseException($"{name} of connectstring must be a number from 0 to 65535, not '{text}'."),
    };

    private static bool TrySplit(string text, out ImmutableDictionary<string, string> values)
    {
        var found = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var isGood = true;
        for (var at = 0; at < text.Length;)
        {
            var equals = text.IndexOf('=', at);
            var end = text.IndexOf(';', at);
            if (equals < 0 || (end >= 0 && end < equals))
            {
                // An empty part, as of a semicolon too many, says nothing; any other without a value is a slip.
                var part = end < 0 ? text[at..] : text[at..end];
                isGood &= string.IsNullOrWhiteSpace(part);
                at = end < 0 ? text.Length : end + 1;
                continue;
            }

            var name = text[at..equals].Trim().ToLowerInvariant();
            var start = equals + 1;
            while (start < text.Length && text[start] == ' ')
            {
                start++;
            }

            var close = start < text.Length && text[start] == '{' ? text.IndexOf('}', start) : -1;
            end = text.IndexOf(';', close < 0 ? start : close);
            end = end < 0 ? text.Length : end;
            found.TryAdd(name, close < 0 ? text[start..end].Trim() : text[(start + 1)..close]);
            at = end + 1;
        }

        values = found.ToImmutable();
        return isGood;
    }
}
