namespace Lockstep.Connectors;

/// <summary>
/// A subscriber that keeps something outside as the engine has it. In a failover group it takes what every member applies, also on
/// standbys, and is told who leads, so that a member that takes over can give what its predecessor owed. Of a project without failover it
/// leads from the start.
/// </summary>
public interface IFollower : ISubscriber
{
    /// <summary>The member is the active one: what is kept goes out. Called on the engine's thread.</summary>
    /// <param name="epoch">The epoch in which it is; larger than that of every former active member.</param>
    void Lead(long epoch);

    /// <summary>It is not, or no longer: nothing goes out.</summary>
    void Rest();
}
