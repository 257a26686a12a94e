using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lockstep.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Which dead letters lie on their topics already. A torn step, or a commit without a clear end, may have left some without a
/// journal record; whoever takes those inbound records again must not write them twice. A letter is the same when group,
/// inbound topic, offset, key and value are. Looked up at the first letter after each fence, when nobody else of the group can
/// write any more, and never while there is none; among the topic's last records, of which there are more than a step has.
/// </summary>
internal sealed partial class WrittenDeadLetters(
    EngineMemberOptions options, GroupTopics topics, TopicAdmin admin, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);

    /// <summary>By attempt and inbound topic: digests of letters by their offsets there.</summary>
    private readonly ConcurrentDictionary<(int Attempt, int Topic), Dictionary<long, byte[]>> _found = new();

    /// <summary>A step's records, twice, and room for markers and for letters of other groups.</summary>
    private long Reach => (2L * options.Limits.StepRecords) + 1_000;

    /// <summary>
    /// True: it is there. On a producer's thread, which waits for the brokers; one that was thrown away may still be at it.
    /// </summary>
    /// <param name="attempt">The attempt whose fence is done; with another one it is looked up anew.</param>
    /// <param name="letter">The letter.</param>
    /// <exception cref="KafkaFaultException">It can't be told now.</exception>
    public bool Contains(int attempt, DeadLetter letter)
    {
        if (!_found.TryGetValue((attempt, letter.TopicIndex), out var there))
        {
            foreach (var old in _found.Keys.Where(k => k.Attempt < attempt))
            {
                _found.TryRemove(old, out _);
            }

            there = Find(letter.TopicIndex);
            _found[(attempt, letter.TopicIndex)] = there;
        }

        if (!there.TryGetValue(letter.Offset, out var digest)
            || !digest.AsSpan().SequenceEqual(DigestOf(letter.Key is { } key ? key.Span : null, letter.Value.Span)))
        {
            return false;
        }

        var (inbound, topic) = (topics.Inbound[letter.TopicIndex].Name, topics.DeadLetters(letter.TopicIndex));
        LogThere(logger, letter.Offset, inbound, topic);

        return true;
    }

    private Dictionary<long, byte[]> Find(int inbound)
    {
        var (topic, began) = (topics.DeadLetters(inbound), time.GetTimestamp());
        var first = End(topic, OffsetEnd.Earliest);
        // Not the last stable offset: behind another group's open transaction there may be letters of this one.
        var end = End(topic, OffsetEnd.Latest);
        var there = new Dictionary<long, byte[]>();
        if (first >= end)
        {
            return there;
        }

        var page = new RecordPage();
        using var reader = new PartitionReader(
            options.Bus, ReadIsolation.Committed, [new PartitionStart(topic, Math.Max(first, end - Reach))], logger);
        while (reader.PositionOf(topic) < end)
        {
            if (time.GetElapsedTime(began) > options.Limits.CommitTimeout)
            {
                throw TookTooLong(topic);
            }

            if (reader.Read(PollTimeout, page))
            {
                Add(page, topics.Inbound[inbound].Name, there);
            }
        }

        return there;
    }

    private void Add(RecordPage page, string inbound, Dictionary<long, byte[]> there)
    {
        for (var i = 0; i < page.Count; i++)
        {
            var record = page.Copy(i);
            if (TextOf(record, DeadLetterRecord.Group) == topics.Group && TextOf(record, DeadLetterRecord.Topic) == inbound
                && long.TryParse(TextOf(record, DeadLetterRecord.Offset), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            {
                there[offset] = DigestOf(record.Key, record.Value);
            }
        }
    }

    private long End(string topic, OffsetEnd end)
    {
        try
        {
#pragma warning disable VSTHRD002 // A producer's own thread, without a context to lock up with.
            var found = admin.ListOffsetsAsync([topic], end, ReadIsolation.Uncommitted, CancellationToken.None)
                .WaitAsync(options.Limits.CommitTimeout, time).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
            return found[topic];
        }
        catch (TimeoutException)
        {
            throw TookTooLong(topic);
        }
    }

    private static KafkaFaultException TookTooLong(string topic) => new(topic, new KafkaFault(
        KafkaFaultKind.Retry, "Local_TimedOut", "It could not be read to its end in time, so which dead letters are there is not known."));

    private static string TextOf(KafkaRecord record, string header) =>
        record.Header(header) is { } value ? Encoding.UTF8.GetString(value) : "";

    private static byte[] DigestOf(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(length, key.Length);
        hash.AppendData(length);
        hash.AppendData(key);
        hash.AppendData(value);
        return hash.GetHashAndReset();
    }

    [LoggerMessage(EventId = 5152, Level = LogLevel.Information,
        Message = "Record {Offset} of inbound topic {Topic} is in {DeadLetters} already and not written there again")]
    private static partial void LogThere(ILogger logger, long offset, string topic, string deadLetters);
}
