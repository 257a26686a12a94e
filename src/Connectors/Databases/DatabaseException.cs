namespace Lockstep.Connectors.Databases;

/// <summary>A connector db cannot go on: what is wrong, where, and what to do.</summary>
/// <param name="message">A sentence.</param>
internal sealed class DatabaseException(string message) : Exception(message);
