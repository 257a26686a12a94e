namespace Lockstep.Contracts.Api;

/// <summary>What one failover or switchover left behind: how long each part took, and what it did to the output.</summary>
public sealed record FailoverReportResource
{
    /// <summary>The group.</summary>
    public required string Group { get; init; }

    /// <summary>The failover.</summary>
    public required FailoverResource Failover { get; init; }

    /// <summary>One sentence: who, why, how long, with what effect.</summary>
    public required string Summary { get; init; }

    /// <summary>How the lost member ended, as the manager saw it; null when it did not end.</summary>
    public string? Detail { get; init; }

    /// <summary>Moments in order of time; the first is the cause.</summary>
    public required IReadOnlyList<FailoverPhaseResource> Phases { get; init; }

    /// <summary>Milliseconds from the first of <see cref="Phases"/> to the last; null while fewer than two are known.</summary>
    public double? TotalMs { get; init; }

    /// <summary>Znodes of the election around the switch, in order.</summary>
    public required IReadOnlyList<ZnodeEventResource> Znodes { get; init; }

    /// <summary>Log lines of both members from 10 s before to 10 s after, in order of time; at most 150 a member.</summary>
    public required IReadOnlyList<ReportLogLine> Log { get; init; }

    /// <summary>The outbound topics around the switch; empty for a failover of inputs.</summary>
    public required IReadOnlyList<TopicVerdictResource> Topics { get; init; }

    /// <summary>False while facts are still gathered (10 s to a minute after the switch).</summary>
    public required bool IsComplete { get; init; }
}

/// <summary>A moment of a failover.</summary>
/// <param name="Name">
/// asked, killed, seen, dead, sessionClosed, znodeGone, noticed, elected, fenced, endsKnown, journalApplied, producerReady,
/// epochStart, firstResult.
/// </param>
/// <param name="At">When.</param>
/// <param name="AfterMs">Milliseconds after the first moment.</param>
/// <param name="TookMs">Milliseconds after the moment before; 0 for the first.</param>
/// <param name="Observer">manager, or the member on whose clock it was taken.</param>
public sealed record FailoverPhaseResource(string Name, DateTimeOffset At, double AfterMs, double TookMs, string Observer);

/// <summary>Something that happened to a znode.</summary>
/// <param name="At">When the manager heard of it.</param>
/// <param name="Kind">created, deleted or dataChanged.</param>
/// <param name="Path">The znode.</param>
/// <param name="Member">The member that it is of; null when unknown.</param>
/// <param name="Zxid">The transaction that did it; 0 when the server does not tell.</param>
public sealed record ZnodeEventResource(DateTimeOffset At, string Kind, string Path, string? Member, long Zxid);

/// <summary>A log line of a member.</summary>
/// <param name="At">When.</param>
/// <param name="Member">Whose.</param>
/// <param name="Level">Information, Warning, ...</param>
/// <param name="Category">Logger category.</param>
/// <param name="Message">Text.</param>
public sealed record ReportLogLine(DateTimeOffset At, string Member, string Level, string Category, string Message);

/// <summary>A record of an outbound topic.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="Q">Its q.</param>
/// <param name="MessageId">The inbound record it came from.</param>
/// <param name="Member">Who wrote it.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="At">The timestamp that Kafka keeps of it.</param>
public sealed record OutputPointResource(long Offset, long Q, string MessageId, string Member, long Epoch, DateTimeOffset At);

/// <summary>What reading an outbound topic (read_committed) around a switch has shown.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="LastBefore">Last record of an earlier epoch; null when none is in the range.</param>
/// <param name="FirstAfter">First record of the new epoch or a later one; null when there is none yet.</param>
/// <param name="Range">What was read; null when nothing was.</param>
/// <param name="Lost">q that are missing in the range.</param>
/// <param name="Duplicated">q that come again.</param>
/// <param name="OutOfOrder">Message ids that go back, or records of an older epoch behind those of a newer one.</param>
/// <param name="SilenceMs">Milliseconds between last before and first after; null without both. A pause of the input is in it.</param>
/// <param name="Verdict">clean, broken, quiet (nothing after the switch yet) or unknown.</param>
/// <param name="Note">Why it is not clean; null otherwise.</param>
public sealed record TopicVerdictResource(
    string Topic, OutputPointResource? LastBefore, OutputPointResource? FirstAfter, CheckedRange? Range, long Lost,
    long Duplicated, long OutOfOrder, double? SilenceMs, string Verdict, string? Note);

/// <summary>A range of an outbound topic that was read and judged.</summary>
/// <param name="FirstOffset">First offset.</param>
/// <param name="LastOffset">Last offset.</param>
/// <param name="FirstQ">Its q.</param>
/// <param name="LastQ">Its q.</param>
/// <param name="Records">Records in between, both counted.</param>
public sealed record CheckedRange(long FirstOffset, long LastOffset, long FirstQ, long LastQ, long Records);
