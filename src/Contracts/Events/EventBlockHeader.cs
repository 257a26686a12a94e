namespace Lockstep.Contracts.Events;

/// <summary>The fixed part at the start of an encoded event block.</summary>
/// <param name="Version">Format version, 1.</param>
/// <param name="IsTransactional">True when one bad event throws the whole block away.</param>
/// <param name="FieldCount">Number of columns.</param>
/// <param name="SchemaId"><see cref="Schema.Id"/> of the schema it was written with.</param>
/// <param name="EventCount">Number of events.</param>
public readonly record struct EventBlockHeader(int Version, bool IsTransactional, int FieldCount, ulong SchemaId, int EventCount);
