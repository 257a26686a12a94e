namespace Lockstep.Contracts.Failover;

/// <summary>What a member of a failover group is doing (docs/failover.md).</summary>
public enum MemberRole
{
    /// <summary>Applies the journal up to its end; not electable.</summary>
    Recovering,

    /// <summary>At the journal's end; follows it and stands for election.</summary>
    Standby,

    /// <summary>Elected; fences its predecessor and applies what is missing.</summary>
    Acquiring,

    /// <summary>Publishes.</summary>
    Active,

    /// <summary>Follows the journal of a group that runs another version of the model; not electable until that hands over.</summary>
    Shadow,

    /// <summary>Was active; another has taken over. The process ends or recovers.</summary>
    Fenced,
}
