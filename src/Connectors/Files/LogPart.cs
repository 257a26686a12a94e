namespace Lockstep.Connectors.Files;

/// <summary>A part of a line of a log.</summary>
/// <param name="Name">Its name, which a field may have.</param>
/// <param name="Value">Its text.</param>
internal readonly record struct LogPart(string Name, string Value);
