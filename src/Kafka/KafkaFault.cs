using Confluent.Kafka;

namespace Lockstep.Kafka;

/// <summary>What a caller does about an error of Kafka.</summary>
public enum KafkaFaultKind
{
    /// <summary>Passing: the same call may be made again.</summary>
    Retry,

    /// <summary>Another member holds the transactional id now: this one is not active any more.</summary>
    Fenced,

    /// <summary>Nobody can say whether it took effect: dispose the producer, fence, and read the journal.</summary>
    Unclear,

    /// <summary>Will not pass by itself (rights, settings, versions): report it and stop.</summary>
    Fatal,
}

/// <summary>
/// One error of Kafka, classified. This is the only place where error codes are judged.
/// </summary>
/// <param name="Kind">What to do about it.</param>
/// <param name="Code">The client's name of the code, such as <c>TopicAuthorizationFailed</c>.</param>
/// <param name="Reason">What the client or the broker said.</param>
public sealed record KafkaFault(KafkaFaultKind Kind, string Code, string Reason)
{
    /// <summary>Kind, code and reason in one line.</summary>
    public override string ToString() => $"{Kind} {Code}: {Reason}";

    /// <summary>Judges an error of an admin call or a reader: there nothing is ever unclear, since it can be asked again.</summary>
    internal static KafkaFault Of(Error error) => new(KindOf(error.Code), error.Code.ToString(), error.Reason);

    /// <summary>A broken connection, or one that did not answer in time.</summary>
    internal static KafkaFault OfNetwork(Exception broken) => new(KafkaFaultKind.Retry, nameof(ErrorCode.Local_Transport), broken.Message);

    /// <summary>
    /// Judges an error of a transaction call. Whatever is neither fenced nor fatal is unclear, retriable or not: a commit
    /// that was sent again may end a later transaction of the same epoch (KAFKA-17754).
    /// </summary>
    internal static KafkaFault OfTransaction(Error error)
    {
        var fault = Of(error);
        return fault.Kind == KafkaFaultKind.Retry ? fault with { Kind = KafkaFaultKind.Unclear } : fault;
    }

    /// <summary>True: the client asked a broker that does not lead the partition any more; fresh metadata may help.</summary>
    internal static bool IsStaleLeader(KafkaFault fault) => fault.Code is nameof(ErrorCode.FencedLeaderEpoch)
        or nameof(ErrorCode.UnknownLeaderEpoch) or nameof(ErrorCode.NotLeaderForPartition)
        or nameof(ErrorCode.LeaderNotAvailable) or nameof(ErrorCode.OffsetNotAvailable)
        or nameof(ErrorCode.Local_NoEnt);

    internal static KafkaFaultKind KindOf(ErrorCode code) => code switch
    {
        ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch
            or ErrorCode.InvalidProducerIdMapping => KafkaFaultKind.Fenced,

        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed
            or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed
            or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication or ErrorCode.Local_Ssl
            or ErrorCode.UnsupportedSaslMechanism or ErrorCode.IllegalSaslState or ErrorCode.SecurityDisabled
            or ErrorCode.UnsupportedVersion or ErrorCode.Local_UnsupportedFeature or ErrorCode.Local_NotImplemented
            or ErrorCode.UnsupportedForMessageFormat or ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge
            or ErrorCode.InvalidTransactionTimeout or ErrorCode.Local_InvalidArg
            or ErrorCode.InvalidConfig or ErrorCode.InvalidRequest or ErrorCode.PolicyViolation
            or ErrorCode.TopicException or ErrorCode.InvalidReplicationFactor or ErrorCode.InvalidPartitions
            or ErrorCode.InvalidRequiredAcks or ErrorCode.InvalidRecord => KafkaFaultKind.Fatal,

        // The producer is beyond use, but what it did is settled by the next fence, not by stopping.
        ErrorCode.Local_Fatal or ErrorCode.Local_State or ErrorCode.Local_GaplessGuarantee
            or ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId or ErrorCode.InvalidTxnState
            or ErrorCode.TransactionCoordinatorFenced or ErrorCode.Local_PurgeInflight
            or ErrorCode.Local_PurgeQueue => KafkaFaultKind.Unclear,

        _ => KafkaFaultKind.Retry,
    };
}

/// <summary>An operation on Kafka failed; <see cref="Fault"/> says what to do about it.</summary>
public class KafkaFaultException : Exception
{
    /// <summary>An exception without a cause of Kafka's; for the framework's sake.</summary>
    public KafkaFaultException()
        : this("kafka", new KafkaFault(KafkaFaultKind.Fatal, "Unknown", "No reason was given."))
    {
    }

    /// <summary>As above, with a reason.</summary>
    public KafkaFaultException(string message)
        : this("kafka", new KafkaFault(KafkaFaultKind.Fatal, "Unknown", message))
    {
    }

    /// <summary>As above, with a reason and its cause.</summary>
    public KafkaFaultException(string message, Exception innerException)
        : this("kafka", new KafkaFault(KafkaFaultKind.Fatal, "Unknown", message), innerException)
    {
    }

    /// <summary>A fault and what it happened to.</summary>
    /// <param name="subject">The topic, transactional id or cluster.</param>
    /// <param name="fault">The classified error.</param>
    /// <param name="inner">The client's own exception, if any.</param>
    public KafkaFaultException(string subject, KafkaFault fault, Exception? inner = null)
        : base($"{subject}: {fault}", inner)
    {
        Subject = subject;
        Fault = fault;
    }

    /// <summary>What it happened to: a topic, transactional id or cluster.</summary>
    public string Subject { get; }

    /// <summary>The classified error.</summary>
    public KafkaFault Fault { get; }
}
