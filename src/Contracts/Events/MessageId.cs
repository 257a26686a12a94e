namespace Lockstep.Contracts.Events;

/// <summary>
/// Where an output came from: which of the project's inbound topics (in the order of the model) and which offset in it.
/// </summary>
/// <param name="TopicIndex">Index of the inbound topic, from 0.</param>
/// <param name="Offset">Offset of the inbound record.</param>
public readonly record struct MessageId(int TopicIndex, long Offset)
{
    /// <summary>Written as <c>0:4711</c>.</summary>
    public override string ToString() => $"{TopicIndex}:{Offset}";
}
