namespace Lockstep.Manager.Web.Cluster;

/// <summary>What is known of a group's surroundings that bears on whether it can fail over; sentences.</summary>
/// <param name="Reasons">Why it can't.</param>
/// <param name="Notes">What makes it slower or less safe.</param>
internal sealed record Surroundings(IReadOnlyList<string> Reasons, IReadOnlyList<string> Notes)
{
    /// <summary>Nothing to say.</summary>
    public static Surroundings None { get; } = new([], []);
}
