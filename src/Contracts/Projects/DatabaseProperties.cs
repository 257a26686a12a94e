using System.Collections.Immutable;
using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Contracts.Projects;

/// <summary>The properties of connector class db.</summary>
internal static class DatabaseProperties
{
    /// <summary>All, in the order of the reference page.</summary>
    public static ImmutableArray<ConnectorProperty> All { get; } =
    [
        new("type", PropertyKind.Text, "pub or sub"),
        new("connectstring", PropertyKind.Text,
            "as of ODBC: DSN=name of odbc.ini, or Driver=PostgreSQL;Server=...;Port=...;Database=...;UID=...;PWD=..., or "
            + "Driver=SQLite;Database=file; PostgreSQL and SQLite are reached", IsRequired: true) { Secret = SecretForm.Settings },
        new("selectstatement", PropertyKind.Text,
            "the query; each row becomes an insert, columns go to fields by name when all have one, else by position",
            PropertyUse.Publish, IsRequired: true),
        new("desttablename", PropertyKind.Text, "the table; each field needs a column of its name, keys find rows",
            PropertyUse.Subscribe, IsRequired: true),
        new("ignoresqlerrors", PropertyKind.Flag, "drop and count the rows that are refused and go on; the connector fails without it"),
        new("commitrows", PropertyKind.Number, "rows of a transaction", PropertyUse.Subscribe),
        new("commitsecs", PropertyKind.Number, "seconds a row waits for its commit at most; with neither, a commit when no rows wait",
            PropertyUse.Subscribe),
        new("dateformat", PropertyKind.DateFormat, "form of dates and stamps in columns of text; YYYY-MM-DD hh:mm:ss without it"),
        new("pwdencrypted", PropertyKind.Flag, "must be false: the original's encrypted passwords cannot be read"),
        new("blocksize", PropertyKind.Number, "rows in a block; 1 without it", PropertyUse.Publish),
        new("transactional", PropertyKind.Flag, "one bad event throws its block away", PropertyUse.Publish),
        new("publishwithupsert", PropertyKind.Flag, "rows become upserts", PropertyUse.Publish),
        new("maxevents", PropertyKind.Number, "events after which the publisher ends", PropertyUse.Publish),
        new("rmretdel", PropertyKind.Flag, "leave out deletes made by retention", PropertyUse.Subscribe),
        ConnectorProperty.Snapshot,
        new("collapse", PropertyKind.NoEffect, "an update is one statement", PropertyUse.Subscribe),
        new("configfilesection", PropertyKind.NoEffect, "properties stand in the model"),
    ];
}
