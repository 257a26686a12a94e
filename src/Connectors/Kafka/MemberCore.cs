using System.Collections.Immutable;
using Lockstep.Connectors.Kafka.Shadows;
using Lockstep.Connectors.Snapshots;
using Lockstep.Engine.Execution;
using Lockstep.Failover;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>What a loop is built from; one owner each.</summary>
internal sealed record MemberParts(
    EngineMemberOptions Options, GroupTopics Topics, Mailbox Mailbox, KafkaJournal Journal, ZooKeeperGroupMembership Membership,
    MemberControl Control, SnapshotStore Snapshots, AlarmBoard Alarms,
    TakeoverClock Takeover, ImmutableArray<WindowTap> Taps, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>What this member would have written while another version writes.</summary>
    public required ShadowComparison Comparison { get; init; }

    /// <summary>The version whose snapshots can be migrated; null for none.</summary>
    public FormerState? Former { get; init; }
}

/// <summary>
/// What the engine thread's classes share: the engine, the machine's state, what is read, asked and said. Touched by the
/// engine thread only.
/// </summary>
internal sealed class MemberCore : IDisposable
{
    // Taking the state stops the engine thread: it never spends more than a tenth of its time on that.
    private const int SnapshotShare = 10;

    private readonly long _started;
    private Task<bool> _writing = Task.FromResult(true);
    private TimeSpan _lastSnapshot;
    private TimeSpan _rest;

    /// <summary>Shares what the parts make.</summary>
    /// <param name="parts">What a loop is built from.</param>
    /// <param name="engine">The engine before any state.</param>
    /// <param name="board">Where the member's status is gathered.</param>
    /// <param name="give">Steps the machine and carries out its effects.</param>
    /// <param name="cancellation">Ends what is asked and read.</param>
    public MemberCore(
        MemberParts parts, ProjectEngine engine, MemberStatusBoard board, Action<FailoverInput> give, CancellationToken cancellation)
    {
        Parts = parts;
        Engine = engine;
        Board = board;
        Give = give;
        _started = parts.Time.GetTimestamp();
        DeadLetters = new DeadLetterTally(parts.Topics, parts.Alarms);
        Step = new StepBuilder(parts.Topics, parts.Taps, parts.Options.Limits, DeadLetters, w => Engine.NameOf(w),
            parts.Loggers.CreateLogger<EngineMember>());
        Feeds = new MemberFeeds(parts, cancellation);
        Questions = new MemberQuestions(parts, cancellation);
        State = new FailoverState
        {
            Member = parts.Options.Member,
            ModelDigest = parts.Options.ModelDigest,
            Timings = parts.Options.Timings,
            Topics = TopicTranslation.NamesOf(parts.Topics),
            Cursor = JournalCursor.Start(parts.Topics.Inbound.Length, parts.Topics.Outbound.Length),
        };
    }

    public MemberParts Parts { get; }

    public MemberStatusBoard Board { get; }

    public StepBuilder Step { get; }

    /// <summary>Inbound records that could not be decoded.</summary>
    public DeadLetterTally DeadLetters { get; }

    public MemberFeeds Feeds { get; }

    public MemberQuestions Questions { get; }

    /// <summary>Steps the machine and carries out its effects.</summary>
    public Action<FailoverInput> Give { get; }

    public FailoverState State { get; set; }

    public ProjectEngine Engine { get; set; }

    /// <summary>The record at which the policy says to stop; null: none was met.</summary>
    public string? Poison { get; set; }

    /// <summary>Why the member ends; null while it lives.</summary>
    public EngineMemberEnd? End { get; set; }

    /// <summary>Since the member began.</summary>
    public TimeSpan Now => Parts.Time.GetElapsedTime(_started);

    /// <summary>Takes a snapshot if the last one is so long ago and on the disk; trims the journal when it is there too.</summary>
    public void SnapshotIfDue(TimeSpan interval)
    {
        if (!_writing.IsCompleted || Now - _lastSnapshot < (interval > _rest ? interval : _rest))
        {
            return;
        }

#pragma warning disable VSTHRD002 // It has ended; a defect in it ends the member.
        _ = _writing.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        _lastSnapshot = Now;
        _writing = TakeAsync();
        _rest = (Now - _lastSnapshot) * SnapshotShare;
    }

    /// <summary>Takes a snapshot whatever the time, and waits until it is on the disk: for a member that ends.</summary>
    public void LastSnapshot()
    {
#pragma warning disable VSTHRD002 // The engine's own thread, at its end, without a context to lock up with.
        _ = _writing.GetAwaiter().GetResult();
        _ = TakeAsync().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    /// <summary>Ends the readers.</summary>
    public void Dispose() => Feeds.Dispose();

    private async Task<bool> TakeAsync()
    {
        var header = SnapshotHeader.Of(
            Parts.Topics.Group, Parts.Options.ModelDigest, State.Cursor, Feeds.JournalOffset, Engine.Digest()) with
        {
            JournalTopics = Feeds.JournalTopics,
        };
        var isWritten = await Parts.Snapshots.WriteAsync(header, Engine).ConfigureAwait(false);
        if (isWritten)
        {
            Parts.Mailbox.Post(Questions.Trim);
        }

        return isWritten;
    }
}
