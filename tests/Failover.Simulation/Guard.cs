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

    /// <summary>The ends are asked after the raw fence, while the client's own InitTransactions, the last fence, is under way.</summary>
    LastFence,

    /// <summary>
    /// Rule 4.5: a commit with an unclear end is aborted and sent again by the same producer, and a connection that broke in a
    /// transaction is nothing to worry about.
    /// </summary>
    UnclearCommit,

    /// <summary>What the outbound topics hold already is sent again.</summary>
    SendOnlyMissing,

    /// <summary>A commit leaves in two bursts: the journal record goes ahead, the outputs follow.</summary>
    OneBurst,

    /// <summary>Digests in the journal are not compared.</summary>
    DigestCheck,

    /// <summary>A member stands for election without having applied the journal to its end.</summary>
    Readiness,

    /// <summary>A member of the next version takes itself for one of the first version.</summary>
    OneVersion,
}
