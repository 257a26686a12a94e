using System.Globalization;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Retention;

/// <summary>What a topic is to a group.</summary>
internal enum TopicUse
{
    /// <summary>Engines read it.</summary>
    Inbound,

    /// <summary>The active engine writes it.</summary>
    Outbound,

    /// <summary>The group's journal.</summary>
    Journal,
}

/// <summary>A topic as it was found; one that does not exist yet has the brokers' defaults.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Use">What it is to the group.</param>
/// <param name="Exists">False: it is made when members start.</param>
/// <param name="Settings">Topic settings by name, defaults filled in.</param>
internal sealed record TopicFacts(string Name, TopicUse Use, bool Exists, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Partitions; 1 for one that is still to be made.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>Replicas that it has or will have.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>First offset still there; -1 when not known.</summary>
    public long First { get; init; }

    /// <summary>When its oldest record was written; null: it has none, or that is not known.</summary>
    public DateTimeOffset? OldestAt { get; init; }

    /// <summary>Bytes on the leader's disk; null when not known.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Growth in bytes a second; null when not known.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>Offsets used a second; null when not known.</summary>
    public double? RecordsPerSecond { get; init; }

    /// <summary>The window behind an inbound topic that keeps rows longest by time.</summary>
    public WindowRetention? Window { get; init; }

    /// <summary>True: records with equal keys may vanish.</summary>
    public bool IsCompacted => Setting("cleanup.policy")?.Contains("compact", StringComparison.Ordinal) == true;

    /// <summary>Nothing was ever deleted from it.</summary>
    public bool IsWhole => First == 0;

    /// <summary>Time for which its settings keep a record at least; null: no limit, or not known.</summary>
    public TimeSpan? Kept => (KeptByTime, KeptBySize) switch
    {
        ({ } time, { } size) => time < size ? time : size,
        var (time, size) => time ?? size,
    };

    /// <summary>By retention.ms; null: no limit.</summary>
    public TimeSpan? KeptByTime =>
        Number("retention.ms") is >= 0 and var ms && ms < TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.FromMilliseconds(ms) : null;

    /// <summary>By retention.bytes at the growth seen; null: no limit, or no growth known.</summary>
    public TimeSpan? KeptBySize => Number("retention.bytes") is >= 0 and var bytes && BytesPerSecond is > 0 and var rate
        && bytes / rate < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(bytes / rate) : null;

    /// <summary>The setting that limits first, for sentences.</summary>
    public string KeptBy => KeptBySize is { } size && !(KeptByTime < size)
        ? string.Create(CultureInfo.InvariantCulture, $"retention.bytes={Setting("retention.bytes")} at {BytesPerSecond / 1024:0.#} KiB/s")
        : $"retention.ms={Setting("retention.ms")}";

    /// <summary>A setting as text; null when the broker did not tell.</summary>
    public string? Setting(string name) => Settings.GetValueOrDefault(name);

    /// <summary>A setting as a number; null when it is none.</summary>
    public long? Number(string name) => long.TryParse(
        Setting(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Age of the oldest record.</summary>
    public TimeSpan? ReachesBack(DateTimeOffset now) => OldestAt is { } at ? (now > at ? now - at : TimeSpan.Zero) : null;
}
