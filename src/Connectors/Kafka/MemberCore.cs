using System.Collections.Immutable;
using Lockstep.Engine.Execution;
using Lockstep.Failover;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>What a loop is built from; one owner each.</summary>
internal sealed record MemberParts(
    EngineMemberOptions Options, GroupTopics Topics, Mailbox Mailbox, KafkaJournal Journal, ZooKeeperGroupMembership Membership,
    MemberControl Control, SnapshotStore Snapshots,
    TakeoverClock Takeover, ImmutableArray<WindowTap> Taps, TimeProvider Time, ILoggerFactory Loggers);

/// <summary>
/// What the engine thread's classes share: the engine, the machine's state, what is read, asked and said. Touched by the
/// engine thread only.
/// </summary>
internal sealed class MemberCore : IDisposable
{
    private readonly long _started;

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
        Step = new StepBuilder(parts.Topics, parts.Taps, parts.Options.Limits, parts.Loggers.CreateLogger<EngineMember>());
        Feeds = new MemberFeeds(parts, cancellation);
        Questions = new MemberQuestions(parts, cancellation);
        State = new FailoverState
        {
            Member = parts.Options.Member,
            ModelDigest = parts.Options.ModelDigest,
            Timings = parts.Options.Timings,
            Cursor = JournalCursor.Start(parts.Topics.Inbound.Length, parts.Topics.Outbound.Length),
        };
    }

    public MemberParts Parts { get; }

    public MemberStatusBoard Board { get; }

    public StepBuilder Step { get; }

    public MemberFeeds Feeds { get; }

    public MemberQuestions Questions { get; }

    /// <summary>Steps the machine and carries out its effects.</summary>
    public Action<FailoverInput> Give { get; }

    public FailoverState State { get; set; }

    public ProjectEngine Engine { get; set; }

    /// <summary>Why the member ends; null while it lives.</summary>
    public EngineMemberEnd? End { get; set; }

    /// <summary>When the last snapshot was begun.</summary>
    public TimeSpan LastSnapshot { get; private set; }

    /// <summary>Since the member began.</summary>
    public TimeSpan Now => Parts.Time.GetElapsedTime(_started);

    /// <summary>Writes what the state is now, and trims the journal if that went well.</summary>
    public void WriteSnapshot()
    {
        LastSnapshot = Now;
        var header = SnapshotHeader.Of(
            Parts.Topics.Group, Parts.Options.ModelDigest, State.Cursor, Feeds.JournalOffset, Engine.Digest());
        if (Parts.Snapshots.Write(header, Engine))
        {
            Questions.Trim();
        }
    }

    /// <summary>Ends the readers.</summary>
    public void Dispose() => Feeds.Dispose();
}
