using Lockstep.Manager.Web.Launching;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>A member's process as the supervisor knows it; immutable.</summary>
internal sealed record MemberProcess(string Group, MemberName Member)
{
    /// <summary>The process; a dead one stays until the next start; null for none yet.</summary>
    public ProcessIdentity? Process { get; init; }

    /// <summary>True: it lived when it was last looked at.</summary>
    public bool IsAlive { get; init; }

    /// <summary>How often it was started.</summary>
    public int Incarnations { get; init; }

    /// <summary>When the last one was started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was found dead; null while it lives.</summary>
    public DateTimeOffset? DiedAt { get; init; }

    /// <summary>How it ended, as a sentence; null while it lives.</summary>
    public string? End { get; init; }

    /// <summary>When it was asked to end; null when it was not.</summary>
    public DateTimeOffset? StopAskedAt { get; init; }

    /// <summary>Who killed it by the console or REST; null for nobody.</summary>
    public string? KilledBy { get; init; }

    /// <summary>When it was killed by the console, REST or a drill; null when it was not.</summary>
    public DateTimeOffset? KilledAt { get; init; }

    /// <summary>Its deaths.</summary>
    public RestartHistory History { get; init; } = RestartHistory.None;

    /// <summary>Base address of its endpoints as last heard; empty for unknown.</summary>
    public string Address { get; init; } = "";

    /// <summary>For the reconciler.</summary>
    public MemberSeen Seen => new(Member, IsAlive, StopAskedAt, History);
}
