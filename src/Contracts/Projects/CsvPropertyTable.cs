using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>The properties that say how events stand in csv, the same for every class of connectors.</summary>
internal static class CsvPropertyTable
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<ConnectorProperty> All { get; } =
    [
        new("dateformat", PropertyKind.DateFormat, "format of date and stamp fields in the letters of strptime; numbers since 1970 without it"),
        new("csvfielddelimiter", PropertyKind.Text, "the character between fields; a comma without it"),
        new("addcsvopcode", PropertyKind.Flag, "lines have no opcode, insert is taken", PropertyUse.Publish),
        new("addcsvflags", PropertyKind.Choice, "lines have no flags, these are taken", PropertyUse.Publish,
            Choices: ["none", "normal", "partialupdate"]),
        new("publishwithupsert", PropertyKind.Flag, "with addcsvopcode: upsert is taken", PropertyUse.Publish),
        new("noautogenfield", PropertyKind.Flag, "lines have no column for a generated key", PropertyUse.Publish),
        new("ignorecsvparseerrors", PropertyKind.Flag, "drop lines that cannot be read and go on", PropertyUse.Publish),
        new("header", PropertyKind.Text, "publisher: lines to skip; subscriber: true for field names, full for opcode and flags too"),
    ];
}
