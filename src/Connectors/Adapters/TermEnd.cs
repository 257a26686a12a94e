namespace Lockstep.Connectors.Adapters;

/// <summary>Why a member's time as active ended.</summary>
internal enum TermEndKind
{
    /// <summary>Told to end it: stop, switchover, or the candidacy is over. Everything sent is committed.</summary>
    Told,

    /// <summary>The file does not grow and all of it is committed.</summary>
    Finished,

    /// <summary>Another member holds the transactional id.</summary>
    Fenced,

    /// <summary>Nobody can say how a commit ended: fence again and read the position.</summary>
    Unclear,

    /// <summary>Something that does not pass by itself: a line, the file, rights.</summary>
    Failed,
}

/// <summary>The end of a member's time as active.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Reason">As a sentence.</param>
internal sealed record TermEnd(TermEndKind Kind, string Reason);
