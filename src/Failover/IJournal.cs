namespace Lockstep.Failover;

/// <summary>
/// The write side of journal and outbound topics of one member: a real one over Kafka and a simulated one exist. Calls return
/// at once; answers come as <see cref="FailoverInput"/> to the member, in the order in which things happened.
/// </summary>
public interface IJournal
{
    /// <summary>See <see cref="FailoverEffect.Fence"/>.</summary>
    void Fence(int attempt);

    /// <summary>See <see cref="FailoverEffect.Commit"/>.</summary>
    void Commit(int attempt, JournalCommit commit);

    /// <summary>See <see cref="FailoverEffect.DisposeProducer"/>; the commit in flight may still answer.</summary>
    void DisposeProducer();
}
