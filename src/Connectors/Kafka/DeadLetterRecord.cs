using System.Globalization;
using System.Text;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// How a dead letter lies on its topic: key, value and headers as they were, then headers of ours that say what it was and why
/// it is there (docs/formats/topics.md).
/// </summary>
internal static class DeadLetterRecord
{
    public const string Reason = "lockstep-reason";
    public const string Topic = "lockstep-topic";
    public const string Offset = "lockstep-offset";
    public const string Group = "lockstep-group";
    public const string Epoch = "lockstep-epoch";
    public const string Sequence = "lockstep-sequence";

    /// <summary>Sends one.</summary>
    public static void Send(TransactionalProducer producer, GroupTopics topics, JournalRecord record, DeadLetter letter)
    {
        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
        (string Key, string Value)[] ours =
        [
            (Reason, letter.Reason), (Topic, topics.Inbound[letter.TopicIndex].Name), (Offset, Text(letter.Offset)),
            (Group, topics.Group), (Epoch, Text(record.Epoch.Value)), (Sequence, Text(record.Sequence)),
        ];
        producer.Send(
            topics.DeadLetters(letter.TopicIndex), letter.Value.ToArray(), letter.Key?.ToArray(),
            [
                .. letter.Headers.Select(h => new KafkaHeader(h.Key, h.Value.ToArray())),
                .. ours.Select(h => new KafkaHeader(h.Key, Encoding.UTF8.GetBytes(h.Value))),
            ]);
    }
}
