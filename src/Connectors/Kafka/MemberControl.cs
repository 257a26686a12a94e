using System.Collections.Immutable;
using Lockstep.Connectors.Snapshots;
using Lockstep.Contracts.Api;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>Where a member starts to follow the journal.</summary>
/// <param name="Snapshot">The snapshot to restore; null for empty state.</param>
/// <param name="JournalStart">First journal offset to read.</param>
/// <param name="AuditStarts">First offset of each outbound topic to audit.</param>
internal sealed record MemberStart(SnapshotHeader? Snapshot, long JournalStart, ImmutableArray<long> AuditStarts)
{
    /// <summary>A snapshot of the former version to migrate; null for none.</summary>
    public SnapshotHeader? Former { get; init; }

    /// <summary>The snapshot, whichever it is.</summary>
    public SnapshotHeader? Any => Snapshot ?? Former;
}

/// <summary>Which snapshots may be taken, by journal sequence.</summary>
/// <param name="Above">Those up to this one did not reach; -1: nothing was tried.</param>
/// <param name="UpTo">The own ones above may hold a state that differs from the group's, or are damaged.</param>
/// <param name="PeersUpTo">The same of a peer's.</param>
internal sealed record SnapshotRange(long Above, long UpTo, long PeersUpTo)
{
    /// <summary>True: none of the former version is migrated.</summary>
    public bool OwnVersionOnly { get; init; }

    public static readonly SnapshotRange All = new(-1, long.MaxValue, long.MaxValue);
}

/// <summary>What matters of a cluster.</summary>
/// <param name="IsUnfenced">It can't fence (in-memory brokers).</param>
/// <param name="Brokers">How many there are.</param>
internal sealed record ClusterTraits(bool IsUnfenced, int Brokers);

/// <summary>The ends asked after a fence.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Journal">End of the journal.</param>
/// <param name="Outbound">End of each outbound topic.</param>
/// <param name="InboundStart">Where inbound topics begin for a group without journal.</param>
internal sealed record AskedEnds(
    int Attempt, CommittedEnd Journal, ImmutableArray<CommittedEnd> Outbound, ImmutableArray<long> InboundStart);

/// <summary>
/// A member's questions to the cluster: topics, ends, where to start. Everything out of reach is asked again until it answers;
/// the reason is told.
/// </summary>
internal sealed partial class MemberControl(
    EngineMemberOptions options, GroupTopics topics, SnapshotStore snapshots, SnapshotStore? former, AlarmBoard alarms, TopicAdmin admin,
    CommittedEnds committed, TimeProvider time, ILogger logger)
{
    private const int AuditReach = 1000;
    private const string UnfencedCluster = "mockCluster";
    private static readonly TimeSpan EndsLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ForeverRetention = TopicSpec.KeepForever;

    private short? _replication = options.Replication;

    /// <summary>How the cluster is; asked until it answers. Makes and checks the group's topics.</summary>
    public async Task<ClusterTraits> PrepareAsync(Action<string> waits, CancellationToken cancellation)
    {
        var cluster = await RetryAsync(() => admin.DescribeClusterAsync(cancellation), waits, cancellation).ConfigureAwait(false);
        var replication = options.Replication ?? (short)Math.Clamp(cluster.Brokers.Count, 1, 3);
        _replication = replication;
        TopicSpec[] specs =
        [
            new(topics.Journal) { Replication = replication, Retention = ForeverRetention },
            new(topics.Metadata) { Replication = replication, Compacted = true },
            .. topics.Inbound.Select(t => new TopicSpec(t.Name) { Replication = replication }),
            .. topics.Outbound.Select(t => new TopicSpec(t.Name) { Replication = replication }),
        ];
        foreach (var spec in specs)
        {
            var problems = await RetryAsync(() => admin.EnsureTopicAsync(spec, cancellation), waits, cancellation).ConfigureAwait(false);
            foreach (var problem in problems)
            {
                LogTopic(logger, problem.Topic, problem.Code, problem.Message);
                if (problem.IsBlocking)
                {
                    waits($"Topic {problem.Topic}: {problem.Message}");
                    await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(false);
                }

                alarms.Raise(AlarmCode.TopicSettings, $"{problem.Topic} {problem.Code}", $"Topic {problem.Topic}: {problem.Message}");
            }
        }

        var inMemory = await RetryAsync(() => admin.IsInMemoryAsync(cancellation), waits, cancellation).ConfigureAwait(false);
        if (!inMemory)
        {
            await CheckAgeAsync(waits, cancellation).ConfigureAwait(false);
        }

        return new ClusterTraits(
            inMemory || cluster.ClusterId.StartsWith(UnfencedCluster, StringComparison.Ordinal), cluster.Brokers.Count);
    }

    /// <summary>Makes the dead letter topic of an inbound topic.</summary>
    public Task EnsureDeadLettersAsync(int inbound, CancellationToken cancellation) => RetryAsync(
        () => admin.EnsureTopicAsync(new TopicSpec(topics.DeadLetters(inbound)) { Replication = _replication }, cancellation),
        _ => { }, cancellation);

    /// <summary>
    /// Finds the newest snapshot of a range: on the own disk, else of a peer; else, if nothing was tried yet, the journal's
    /// beginning.
    /// </summary>
    /// <param name="range">Which snapshots may be taken.</param>
    /// <param name="peers">Who else there is.</param>
    /// <param name="waits">Told what it waits for.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null: there is no way yet; ask again later.</returns>
    public async Task<MemberStart?> FindStartAsync(
        SnapshotRange range, Func<Task<IReadOnlyList<string>>> peers, Action<string> waits, CancellationToken cancellation)
    {
        string[] names = [topics.Journal, .. topics.Outbound.Select(t => t.Name)];
        var first = await RetryAsync(
            () => admin.ListOffsetsAsync(names, OffsetEnd.Earliest, ReadIsolation.Committed, cancellation), waits, cancellation).ConfigureAwait(false);
        var ends = await RetryAsync(
            () => admin.ListOffsetsAsync(names, OffsetEnd.Latest, ReadIsolation.Committed, cancellation), waits, cancellation).ConfigureAwait(false);
        ImmutableArray<long> audit = [.. topics.Outbound.Select(t => Math.Max(first[t.Name], ends[t.Name] - AuditReach))];
        if (ends[topics.Journal] == 0)
        {
            // A journal that was never written to is a group's beginning; snapshots of an earlier life don't count.
            return new MemberStart(null, 0, audit);
        }

        var found = snapshots.Headers().FirstOrDefault(h => h.Sequence > range.Above && h.Sequence <= range.UpTo)
            ?? await OfPeersAsync(snapshots, range, peers, cancellation).ConfigureAwait(false);
        var before = found is null && former is not null && !range.OwnVersionOnly
            ? await OfPeersAsync(former, range, peers, cancellation).ConfigureAwait(false)
            : null;
        if (found is null && before is null && range.Above >= 0)
        {
            return null;
        }

        var from = (found ?? before)?.JournalOffset ?? 0;
        return new MemberStart(found, Math.Max(first[topics.Journal], from), audit) { Former = before };
    }

    /// <summary>The journal's end now.</summary>
    public async Task<long> JournalEndAsync(CancellationToken cancellation)
    {
        var ends = await RetryAsync(
            () => admin.ListOffsetsAsync([topics.Journal], OffsetEnd.Latest, ReadIsolation.Committed, cancellation),
            _ => { }, cancellation).ConfigureAwait(false);
        return ends[topics.Journal];
    }

    /// <summary>Connects to whom a takeover will ask.</summary>
    public Task WarmUpAsync(CancellationToken cancellation) => committed.WarmUpAsync(EndsLimit, cancellation);

    /// <summary>The ends for a takeover.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="positions">How far journal and outbound topics have been read; null: ask for the inbound topics' begin too.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="KafkaFaultException">Not now.</exception>
    public async Task<AskedEnds> AskEndsAsync(
        int attempt, IReadOnlyDictionary<string, long>? positions, CancellationToken cancellation)
    {
        if (positions is not null)
        {
            try
            {
                var found = await committed.AskAsync(positions, EndsLimit, cancellation).ConfigureAwait(false);
                return new AskedEnds(
                    attempt, found[topics.Journal], [.. topics.Outbound.Select(t => found[t.Name])], [.. topics.Inbound.Select(_ => 0L)]);
            }
            catch (KafkaFaultException away)
            {
                // Leaders moved, or security that only the client can speak.
                LogSlowEnds(logger, away.Fault.Reason);
            }
        }

        var needsStart = positions is null;
        string[] inbound = needsStart ? [.. topics.Inbound.Select(t => t.Name)] : [];
        string[] names = [topics.Journal, .. topics.Outbound.Select(t => t.Name), .. inbound];
        var ends = await admin.ListOffsetsAsync(names, OffsetEnd.Latest, ReadIsolation.Committed, cancellation).ConfigureAwait(false);
        var first = await admin.ListOffsetsAsync(inbound, OffsetEnd.Earliest, ReadIsolation.Committed, cancellation).ConfigureAwait(false);
        long Start(InboundTopic topic) => topic.InitialOffset switch
        {
            _ when !needsStart => 0,
            PartitionStart.Latest => ends[topic.Name],
            PartitionStart.Earliest => first[topic.Name],
            var offset => Math.Clamp(offset, first[topic.Name], ends[topic.Name]),
        };
        return new AskedEnds(
            attempt, End(topics.Journal), [.. topics.Outbound.Select(t => End(t.Name))], [.. topics.Inbound.Select(Start)]);

        CommittedEnd End(string topic) => new(ends[topic], ends[topic]);
    }

    /// <summary>
    /// Deletes journal records that no snapshot of this member needs, but keeps the newest
    /// <see cref="EngineMemberLimits.JournalKept"/> before its oldest snapshot for members that recover by journal.
    /// </summary>
    public async Task TrimAsync(CancellationToken cancellation)
    {
        var headers = snapshots.Headers().ToList();
        if (headers.Count < options.Limits.SnapshotsKept || headers.Count < 2)
        {
            return;
        }

        var before = headers[^1].JournalOffset - options.Limits.JournalKept;
        if (before <= 0)
        {
            return;
        }

        try
        {
            await admin.DeleteRecordsAsync(topics.Journal, before, cancellation).ConfigureAwait(false);
        }
        catch (KafkaFaultException away)
        {
            LogAway(logger, topics.Journal, away.Message);
        }
    }

    public Task<bool> IsReachableAsync(CancellationToken cancellation) =>
        admin.IsReachableAsync(options.Limits.RetryWait * 2, cancellation);

    /// <summary>Brokers older than 3.6 must not carry a group: a delayed EndTxn may end a later transaction there.</summary>
    private async Task CheckAgeAsync(Action<string> waits, CancellationToken cancellation)
    {
        var age = await RetryAsync(() => BrokerVersion.CheckAsync(options.Bus, cancellation), waits, cancellation).ConfigureAwait(false);
        if (age.Age == BrokerAge.TooOld)
        {
            waits($"The brokers are older than 3.6: {age.Reason}");
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation).ConfigureAwait(false);
        }
        else if (age.Age == BrokerAge.Unknown)
        {
            LogAge(logger, age.Reason);
        }
    }

    private async Task<SnapshotHeader?> OfPeersAsync(
        SnapshotStore store, SnapshotRange range, Func<Task<IReadOnlyList<string>>> peers, CancellationToken cancellation)
    {
        if (options.FetchSnapshot is not { } fetch)
        {
            return null;
        }

        foreach (var address in await peers().ConfigureAwait(false))
        {
            try
            {
                if (await fetch(address, cancellation).ConfigureAwait(false) is { } stream)
                {
                    await using (stream.ConfigureAwait(false))
                    {
                        if (await store.AdoptAsync(stream, cancellation).ConfigureAwait(false) is { } header
                            && header.Sequence > range.Above && header.Sequence <= range.PeersUpTo)
                        {
                            LogOfPeer(logger, header.Sequence, address);
                            return header;
                        }
                    }
                }
            }
            catch (Exception away) when (away is IOException or HttpRequestException
                || (away is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                LogAway(logger, address, away.Message);
            }
        }

        return null;
    }

    private async Task<T> RetryAsync<T>(Func<Task<T>> ask, Action<string> waits, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (KafkaFaultException away)
            {
                LogAway(logger, away.Subject, away.Fault.ToString());
                waits($"Kafka does not answer as it should: {away.Message}");
                await Task.Delay(options.Limits.RetryWait, time, cancellation).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(EventId = 5180, Level = LogLevel.Warning, Message = "{Subject} is out of reach and asked again: {Reason}")]
    private static partial void LogAway(ILogger logger, string subject, string reason);

    [LoggerMessage(EventId = 5184, Level = LogLevel.Information, Message = "The ends are asked through the client: {Reason}")]
    private static partial void LogSlowEnds(ILogger logger, string reason);

    [LoggerMessage(EventId = 5183, Level = LogLevel.Warning, Message = "The age of the brokers can't be told: {Reason}")]
    private static partial void LogAge(ILogger logger, string reason);

    [LoggerMessage(EventId = 5181, Level = LogLevel.Warning, Message = "Topic {Topic}: {Code}: {Text}")]
    private static partial void LogTopic(ILogger logger, string topic, string code, string text);

    [LoggerMessage(EventId = 5182, Level = LogLevel.Information, Message = "Snapshot at journal sequence {Sequence} came from {Address}")]
    private static partial void LogOfPeer(ILogger logger, long sequence, string address);
}
