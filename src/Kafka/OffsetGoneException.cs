namespace Lockstep.Kafka;

/// <summary>
/// A reader asked for an offset that the partition does not hold: purged by retention or DeleteRecords, or beyond its end
/// (a topic created anew). Never a silent gap: the owner decides where to go on, from a snapshot or not at all.
/// </summary>
public sealed class OffsetGoneException : KafkaFaultException
{
    /// <summary>Without particulars; for the framework's sake.</summary>
    public OffsetGoneException()
    {
    }

    /// <summary>As above, with a reason.</summary>
    public OffsetGoneException(string message)
        : base(message)
    {
    }

    /// <summary>As above, with a reason and its cause.</summary>
    public OffsetGoneException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The topic and the offset that is not there.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="offset">The offset asked for.</param>
    /// <param name="reason">What the client said.</param>
    /// <param name="inner">The client's own exception.</param>
    public OffsetGoneException(string topic, long offset, string reason, Exception inner)
        : base(topic, new KafkaFault(KafkaFaultKind.Fatal, "OffsetOutOfRange", $"Offset {offset} is not there: {reason}"), inner) =>
        Offset = offset;

    /// <summary>The offset asked for.</summary>
    public long Offset { get; }

    /// <summary>The topic.</summary>
    public string Topic => Subject;
}
