using System.Data.Common;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Lockstep.Connectors.Databases;

/// <summary>Properties of db connectors.</summary>
internal sealed record DatabaseOptions
{
    /// <summary>Where the database is.</summary>
    public required ConnectString Connection { get; init; }

    /// <summary>Form of dates and stamps in columns of text; null for that of ISO.</summary>
    public DateFormat? DateFormat { get; init; }

    /// <summary>Publisher: the query.</summary>
    public string Select { get; init; } = "";

    /// <summary>Subscriber: the table.</summary>
    public string Table { get; init; } = "";

    /// <summary>What the database refuses is counted and logged, and the next row follows.</summary>
    public bool IgnoreErrors { get; init; }

    /// <summary>Rows of a transaction; 0 for no such limit.</summary>
    public int CommitRows { get; init; }

    /// <summary>Longest time that a row waits for its commit; zero for no such limit.</summary>
    public TimeSpan CommitAfter { get; init; }

    /// <summary>Events of a block.</summary>
    public int BlockSize { get; init; } = 1;

    /// <summary>One bad event throws its whole block away.</summary>
    public bool Transactional { get; init; }

    /// <summary>Rows are upserts and not inserts.</summary>
    public bool Upsert { get; init; }

    /// <summary>Events at most; 0 for no limit.</summary>
    public int MaxEvents { get; init; }

    /// <summary>Deletes made by retention are left out.</summary>
    public bool DropRetentionDeletes { get; init; }

    /// <summary>Checks a publisher of a model.</summary>
    public static void CheckPublisher(ConnectorCheck check) => Check(check, isPublisher: true);

    /// <summary>Checks a subscriber of a model.</summary>
    public static void CheckSubscriber(ConnectorCheck check) => Check(check, isPublisher: false);

    /// <summary>Reads the properties; what is wrong goes to the reader's problems.</summary>
    public static DatabaseOptions Parse(PropertyReader properties, bool isPublisher)
    {
        properties.Ignore("type", "configfilesection", "snapshot", "collapse");
        if (properties.Flag("pwdencrypted"))
        {
            properties.Error(ProblemCode.InvalidProperty,
                "Property 'pwdencrypted' is true: the original's encrypted passwords cannot be read. Write PWD=@NAME@ and give NAME from outside.");
        }

        DateFormat? format = null;
        if (properties.Text("dateformat") is { Length: > 0 } text && !DateFormat.TryParse(text, out format, out var wrong))
        {
            properties.Error(ProblemCode.InvalidProperty, $"Property 'dateformat': {wrong}");
        }

        var connection = ConnectString.Parse(properties);
        return isPublisher
            ? new DatabaseOptions
            {
                Connection = connection,
                DateFormat = format,
                Select = properties.Required("selectstatement"),
                IgnoreErrors = properties.Flag("ignoresqlerrors"),
                BlockSize = properties.Number("blocksize", 1, least: 1),
                Transactional = properties.Flag("transactional"),
                Upsert = properties.Flag("publishwithupsert"),
                MaxEvents = properties.Number("maxevents", 0),
            }
            : new DatabaseOptions
            {
                Connection = connection,
                DateFormat = format,
                Table = properties.Required("desttablename"),
                IgnoreErrors = properties.Flag("ignoresqlerrors"),
                CommitRows = properties.Number("commitrows", 0),
                CommitAfter = TimeSpan.FromSeconds(properties.Number("commitsecs", 0)),
                DropRetentionDeletes = properties.Flag("rmretdel"),
            };
    }

    /// <summary>The properties of a checked connector.</summary>
    public static DatabaseOptions Of(ConnectorContext context, bool isPublisher) =>
        Parse(new PropertyReader(context.Definition.Properties, context.Path, context.Definition.Position, []), isPublisher);

    /// <summary>Opens a connection; it is the caller's.</summary>
    /// <exception cref="DbException">The server or file refuses.</exception>
    /// <exception cref="DatabaseException">The connect string cannot be followed.</exception>
    public DbConnection Open(Substitutions substitutions)
    {
        var whole = Connection.Resolve();
        var text = whole.ForProvider(substitutions);
        DbConnection connection = whole.IsSqlite == true ? new SqliteConnection(text) : new NpgsqlConnection(text);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Check(ConnectorCheck check, bool isPublisher)
    {
        var properties = check.Read();
        Parse(properties, isPublisher);
        properties.WarnOfUnknown();
    }
}
