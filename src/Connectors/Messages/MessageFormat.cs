namespace Lockstep.Connectors.Messages;

/// <summary>What a message holds.</summary>
internal enum MessageFormat
{
    /// <summary>Lines of csv.</summary>
    Csv,

    /// <summary>An array of objects, or an object.</summary>
    Json,

    /// <summary>The value of one string field, whatever it is.</summary>
    OpaqueString,
}
