using Confluent.Kafka;
using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.Writing;

/// <summary>What a broker's error means for a transaction on its way.</summary>
internal static class WriteFaults
{
    /// <summary>The brokers take it if it is sent again, with the same identity and numbers, after a moment.</summary>
    internal static bool IsPassing(ErrorCode code) => code is ErrorCode.ConcurrentTransactions or ErrorCode.GroupLoadInProgress
        or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.NotCoordinatorForGroup or ErrorCode.RequestTimedOut
        or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.KafkaStorageError
        or ErrorCode.NetworkException || IsMoved(code);

    /// <summary>Another broker leads the topic.</summary>
    internal static bool IsMoved(ErrorCode code) => code is ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable
        or ErrorCode.UnknownTopicOrPart or ErrorCode.ReplicaNotAvailable or ErrorCode.FencedLeaderEpoch or ErrorCode.KafkaStorageError;

    /// <summary>Another broker coordinates the transactional id.</summary>
    internal static bool IsCoordinatorMoved(ErrorCode code) =>
        code is ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupCoordinatorNotAvailable;

    internal static KafkaFault Of(ErrorCode code, string request) =>
        KafkaFault.OfTransaction(new Error(code, $"{request} was answered with {code} ({(short)code})."));

    internal static KafkaFault TimedOut(string request, KafkaFault? last) => new(
        KafkaFaultKind.Unclear, nameof(ErrorCode.Local_TimedOut), $"{request} did not end in time. {last?.Reason}".TrimEnd());

    internal static KafkaFault Broken(Exception broken) => new(KafkaFaultKind.Unclear, nameof(ErrorCode.Local_Transport), broken.Message);

    /// <summary>The broker speaks another protocol, or the log-in was refused; null: it is not of that kind.</summary>
    internal static KafkaFault? Refused(Exception refused) => refused switch
    {
        ProtocolException { IsUnsupported: true } => new KafkaFault(KafkaFaultKind.Fatal, nameof(ErrorCode.Local_Authentication), refused.Message),
        ProtocolException => new KafkaFault(KafkaFaultKind.Unclear, nameof(ErrorCode.Local_BadMsg), refused.Message),
        _ when Bootstrap.IsSecurity(refused) => new KafkaFault(KafkaFaultKind.Fatal, nameof(ErrorCode.Local_Ssl), refused.Message),
        _ => null,
    };
}
