namespace Lockstep.Connectors.Adapters;

/// <summary>A publisher adapter's turn to be active.</summary>
/// <param name="IsEmergency">It was not elected: coordination is away, and nobody does the work.</param>
/// <param name="Over">Cancelled when the turn is over.</param>
internal sealed record AdapterTurn(bool IsEmergency, CancellationToken Over)
{
    /// <summary>The turn of a member that is alone by its options; it never is over.</summary>
    public static AdapterTurn Alone { get; } = new(false, CancellationToken.None);
}
