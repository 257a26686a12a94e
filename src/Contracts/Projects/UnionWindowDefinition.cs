namespace Lockstep.Contracts.Projects;

/// <summary>window-union: joins streams of one schema.</summary>
public sealed record UnionWindowDefinition : WindowDefinition
{
    /// <summary>
    /// True: an insert of a key that exists and an update or delete of one that does not are bad events. False: an insert
    /// is an upsert, a delete one that need not find its row.
    /// </summary>
    public bool IsStrict { get; init; } = true;

    /// <inheritdoc/>
    public override string Kind => "union";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;
}
