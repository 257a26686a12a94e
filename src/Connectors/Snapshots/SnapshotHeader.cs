using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;
using Lockstep.Failover;

namespace Lockstep.Connectors.Snapshots;

/// <summary>What stands before the engine's state in a snapshot file: whose it is, and where in the journal it was taken.</summary>
internal sealed record SnapshotHeader
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public required string Group { get; init; }

    public required string ModelDigest { get; init; }

    /// <summary><see cref="ProjectEngine.StateVersion"/> of the engine that wrote it: another one can't read it.</summary>
    public required int EngineVersion { get; init; }

    public required long Sequence { get; init; }

    public required long Epoch { get; init; }

    /// <summary>Writer of the journal record with <see cref="Sequence"/>.</summary>
    public required string Member { get; init; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public required long StreamTime { get; init; }

    /// <summary>Offset of the journal record with <see cref="Sequence"/>.</summary>
    public required long JournalOffset { get; init; }

    /// <summary>Next offset of each inbound topic by its index.</summary>
    public required ImmutableArray<long> InboundNext { get; init; }

    /// <summary>Last q of each outbound topic by its index.</summary>
    public required ImmutableArray<long> LastQ { get; init; }

    /// <summary>16 hex digits: numbers of JSON readers end at 53 bits.</summary>
    public required string StateDigest { get; init; }

    /// <summary>Digest of the version that writes the journal there; null: the snapshot's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? JournalDigest { get; init; }

    /// <summary>See <see cref="JournalCursor.HandedOverBy"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? HandedOverBy { get; init; }

    /// <summary>The topics that the indexes of the journal mean there; null: the snapshot's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JournalTopics? JournalTopics { get; init; }

    [JsonIgnore]
    public JournalCursor Cursor => new()
    {
        Sequence = Sequence,
        Epoch = new Epoch(Epoch),
        Member = Member,
        ModelDigest = JournalDigest ?? ModelDigest,
        HandedOverBy = HandedOverBy,
        StreamTime = StreamTime,
        InboundNext = InboundNext,
        LastQ = LastQ,
    };

    public static SnapshotHeader Of(string group, string modelDigest, JournalCursor cursor, long journalOffset, ulong digest) => new()
    {
        Group = group,
        ModelDigest = modelDigest,
        EngineVersion = ProjectEngine.StateVersion,
        Sequence = cursor.Sequence,
        Epoch = cursor.Epoch.Value,
        Member = cursor.Member,
        StreamTime = cursor.StreamTime,
        JournalOffset = journalOffset,
        InboundNext = cursor.InboundNext,
        LastQ = cursor.LastQ,
        StateDigest = Hex(digest),
        JournalDigest = cursor.ModelDigest.Length == 0 || cursor.ModelDigest == modelDigest ? null : cursor.ModelDigest,
        HandedOverBy = cursor.HandedOverBy,
    };

    /// <summary>As status tells it.</summary>
    public SnapshotResource Resource(GroupTopics topics) => new(
        Sequence,
        DateTimeOffset.UnixEpoch.AddTicks(StreamTime * TimeSpan.TicksPerMicrosecond),
        topics.Inbound.Where(t => t.Index < InboundNext.Length).Select(t => (t.Name, Next: InboundNext[t.Index]))
            .Append((topics.Journal, JournalOffset)).DistinctBy(t => t.Item1).ToDictionary(t => t.Item1, t => t.Item2, StringComparer.Ordinal));

    public static string Hex(ulong digest) => digest.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>As UTF-8 JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> gave; properties it does not know are left out.</summary>
    /// <exception cref="InvalidDataException">It is no header.</exception>
    public static SnapshotHeader OfJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<SnapshotHeader>(json, Json) is { Sequence: > 0, InboundNext.IsDefault: false, LastQ.IsDefault: false } header
                ? header
                : throw new InvalidDataException("Its header is incomplete.");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException("Its header is not what it should be.", broken);
        }
    }
}
