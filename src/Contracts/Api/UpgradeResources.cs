namespace Lockstep.Contracts.Api;

/// <summary>What a member knows that follows, or has followed, another version of the model.</summary>
/// <param name="WritesDigest">Digest of the version that may write.</param>
/// <param name="Windows">What became of the state of the version before, window by window; empty when none was taken over.</param>
/// <param name="Topics">What the member would have written beside what lies on the outbound topics.</param>
public sealed record ShadowResource(
    string WritesDigest, IReadOnlyList<WindowStateResource> Windows, IReadOnlyList<TopicComparisonResource> Topics);

/// <summary>What becomes of one window's state.</summary>
/// <param name="Window"><c>contquery/window</c>.</param>
/// <param name="Outcome">kept, adapted, stateless, startedEmpty, dropped or notPossible.</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record WindowStateResource(string Window, string Outcome, string Reason);

/// <summary>An outbound topic as it is, and as the shadow would have written it. All counts are rows since the shadow started.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Equal">The same in both.</param>
/// <param name="Different">Another text for the same inbound record.</param>
/// <param name="Missing">On the topic, not of the shadow.</param>
/// <param name="Added">Of the shadow, not on the topic.</param>
/// <param name="Uncompared">Steps whose records were not at hand any more.</param>
/// <param name="First">The first row that is not equal; null: all are.</param>
public sealed record TopicComparisonResource(
    string Topic, long Equal, long Different, long Missing, long Added, long Uncompared, RowDifferenceResource? First);

/// <summary>A row that the shadow would have written otherwise.</summary>
/// <param name="Q">q of its record on the topic; 0 when there is none.</param>
/// <param name="Live">What lies there; empty: nothing.</param>
/// <param name="Shadow">What the shadow would have written; empty: nothing.</param>
public sealed record RowDifferenceResource(long Q, string Live, string Shadow);

/// <summary>POST /api/v1/groups/{group}/upgrade: starts members of another version beside those that run.</summary>
public sealed record StartUpgradeRequest
{
    /// <summary>Published version of the group's project.</summary>
    public required string Version { get; init; }

    /// <summary>True: the new members begin with empty state at the beginning of the topics. False: state is taken over from a snapshot.</summary>
    public bool Rebuild { get; init; }

    /// <summary>Windows (<c>contquery/window</c>, or *) that start empty where no rule takes their state over.</summary>
    public IReadOnlyList<string> StartEmpty { get; init; } = [];

    /// <summary>Windows that keep their state though what feeds them has changed.</summary>
    public IReadOnlyList<string> KeepState { get; init; } = [];
}

/// <summary>An upgrade of a group that is under way.</summary>
/// <param name="From">Version that the group ran before.</param>
/// <param name="To">Version that it is to run.</param>
/// <param name="Writes">Version that writes now; null while no engine is active.</param>
/// <param name="Members">Engines of the new version.</param>
/// <param name="CanHandOver">True: a member of the version that does not write is at the journal's end.</param>
/// <param name="Reasons">Why it can't be handed over; empty when it can.</param>
/// <param name="Shadow">What the members that do not write say; null until one does.</param>
public sealed record UpgradeResource(
    string From, string To, string? Writes, IReadOnlyList<string> Members, bool CanHandOver, IReadOnlyList<string> Reasons,
    ShadowResource? Shadow);
