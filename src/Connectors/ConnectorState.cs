namespace Lockstep.Connectors;

/// <summary>Where a connector is in its life; the words of connector groups.</summary>
public enum ConnectorState
{
    /// <summary>Not started.</summary>
    Stopped,

    /// <summary>Started; waits for its servers or its election, or moves events.</summary>
    Running,

    /// <summary>Everything there is has been moved; only a publisher can be.</summary>
    Finished,

    /// <summary>Stopped by an error, which its status names. Counts as finished for groups that wait.</summary>
    Failed,
}
