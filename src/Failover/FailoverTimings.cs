namespace Lockstep.Failover;

/// <summary>How long the state machine waits before it acts by itself. All are measured on a monotonic clock.</summary>
public sealed record FailoverTimings
{
    /// <summary>Coordination gone and no journal record for this long: a standby may acquire without it.</summary>
    public TimeSpan EmergencySilence { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>False: a standby never acquires without coordination.</summary>
    public bool EmergencyTakeover { get; init; } = true;

    /// <summary>Commits or fences that fail for this long make a member give up its znode, when another member waits.</summary>
    public TimeSpan CommitFailureLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A member that acquires for this long without success gives up its znode, when another member waits.</summary>
    public TimeSpan AcquireLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A version that was handed over to and has not begun its epoch for this long is taken the group from again by the one
    /// before.
    /// </summary>
    public TimeSpan HandoverLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait of the other members of a version that was handed over to, so that the one that was named comes first.</summary>
    public TimeSpan HandoverWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Wait before a failed fence is tried again.</summary>
    public TimeSpan RetryWait { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Wait before a member that was elected, but fenced by another, tries again.</summary>
    public TimeSpan ReclaimWait { get; init; } = TimeSpan.FromMilliseconds(200);
}
