using System.Globalization;

namespace Lockstep.Contracts.Failover;

/// <summary>Grows by one each time a member becomes active; 0 before the first.</summary>
public readonly record struct Epoch(long Value)
{
    /// <summary>The epoch of the next active.</summary>
    public Epoch Next => new(Value + 1);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
