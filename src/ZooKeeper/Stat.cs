namespace Lockstep.ZooKeeper;

/// <summary>What the ensemble knows of a znode, besides its data (jute record <c>Stat</c>).</summary>
/// <param name="Czxid">Transaction that created the znode: grows with each creation in the ensemble, so it can serve as a fence token.</param>
/// <param name="Mzxid">Transaction that last changed its data.</param>
/// <param name="CreatedMs">Server's wall clock at creation, milliseconds since 1970.</param>
/// <param name="ModifiedMs">Server's wall clock at the last change of its data, milliseconds since 1970.</param>
/// <param name="Version">How often its data were changed.</param>
/// <param name="Cversion">How often its children were changed.</param>
/// <param name="Aversion">How often its access list was changed.</param>
/// <param name="EphemeralOwner">The session it ends with; none for a persistent one (servers also keep container and time-to-live marks here).</param>
/// <param name="DataLength">Length of its data in bytes.</param>
/// <param name="NumChildren">How many children it has.</param>
/// <param name="Pzxid">Transaction that last added or removed a child.</param>
public sealed record Stat(
    long Czxid,
    long Mzxid,
    long CreatedMs,
    long ModifiedMs,
    int Version,
    int Cversion,
    int Aversion,
    SessionId EphemeralOwner,
    int DataLength,
    int NumChildren,
    long Pzxid);
