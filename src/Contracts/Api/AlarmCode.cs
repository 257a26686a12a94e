namespace Lockstep.Contracts.Api;

/// <summary>The codes of alarms. They are stable; docs/reference/diagnostics.md lists each with its cause and what to do.</summary>
public static class AlarmCode
{
    /// <summary>A snapshot could not be written (disk full, rights); gone when one was.</summary>
    public const string SnapshotNotWritten = "LS5001";

    /// <summary>A snapshot is damaged or of another version, and an older one or the journal takes its place; gone when one was written.</summary>
    public const string SnapshotUnusable = "LS5002";

    /// <summary>The state differed from the group's (F3); stays until the process ends.</summary>
    public const string Diverged = "LS5003";

    /// <summary>Inbound records could not be decoded and went to the dead letter topic; stays until the process ends.</summary>
    public const string DeadLetters = "LS5004";

    /// <summary>Records of an outbound topic are foreign, repeated or missing; stays until the process ends.</summary>
    public const string OutboundFindings = "LS5005";

    /// <summary>A topic does not keep, or soon loses, what a restarted engine needs to rebuild; of the group, gone when mended.</summary>
    public const string RetentionNear = "LS5006";

    /// <summary>A topic or broker is not as it should be, but the group can run on it.</summary>
    public const string TopicSettings = "LS5007";
}
