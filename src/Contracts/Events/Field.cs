namespace Lockstep.Contracts.Events;

/// <summary>One field of a schema.</summary>
/// <param name="Name">Its name, unique within the schema; case matters.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsKey">True when it is part of the key.</param>
public sealed record Field(string Name, FieldType Type, bool IsKey = false);
