namespace Lockstep.Connectors.Files;

/// <summary>What a file of events holds: property fstype.</summary>
internal enum FileType
{
    /// <summary>A line an event.</summary>
    Csv,

    /// <summary>An element an event, a child element a field.</summary>
    Xml,

    /// <summary>An object an event, a member a field.</summary>
    Json,

    /// <summary>A line of syslog an event; read only.</summary>
    Syslog,

    /// <summary>A line of the Common Event Format an event; read only.</summary>
    Cef,
}
