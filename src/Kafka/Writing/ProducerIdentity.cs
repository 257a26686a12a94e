namespace Lockstep.Kafka.Writing;

/// <summary>What a coordinator gives to the holder of a transactional id; only its newest epoch may write.</summary>
/// <param name="Id">The producer id; -1: none yet.</param>
/// <param name="Epoch">Its epoch.</param>
internal readonly record struct ProducerIdentity(long Id, short Epoch)
{
    public static readonly ProducerIdentity None = new(-1, -1);

    public bool IsNone => Id < 0;
}
