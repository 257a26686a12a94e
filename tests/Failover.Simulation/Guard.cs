namespace Lockstep.Failover.Simulation;

/// <summary>A guard of the protocol that the simulated driver leaves out, to see that the checks notice.</summary>
internal enum Guard
{
    /// <summary>Nothing is left out.</summary>
    None,

    /// <summary>InitProducerId hands out the id without a new epoch and without ending the open transaction.</summary>
    Fence,

    /// <summary>The ends are asked before the fence instead of after it.</summary>
    AskAfterFence,

    /// <summary>A commit with an unclear end is aborted and sent again by the same producer, under the next epoch.</summary>
    UnclearCommit,

    /// <summary>What the outbound topics hold already is sent again.</summary>
    SendOnlyMissing,

    /// <summary>The epoch stays the same over transactions: a copy of a request to end one ends whatever is open when it arrives.</summary>
    EpochPerTransaction,

    /// <summary>Digests in the journal are not compared.</summary>
    DigestCheck,

    /// <summary>A member stands for election without having applied the journal to its end.</summary>
    Readiness,

    /// <summary>A member of the next version takes itself for one of the first version.</summary>
    OneVersion,
}
