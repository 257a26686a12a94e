namespace Lockstep.Contracts.Api;

/// <summary>Something an output member has judged to be lost, or to have come twice.</summary>
/// <param name="Kind">lost or duplicated.</param>
/// <param name="FromQ">First q that is missing or came again.</param>
/// <param name="ToQ">Last one.</param>
/// <param name="At">When the record behind the gap was read.</param>
/// <param name="Offset">Its offset in the outbound topic: where to look.</param>
/// <param name="IdBefore">Message id of the row before; empty for none.</param>
/// <param name="IdAfter">Message id of that record.</param>
/// <param name="EpochBefore">Epoch of the row before; 0 for none or unknown.</param>
/// <param name="EpochAfter">Epoch of that record.</param>
/// <param name="MemberAfter">Member that wrote it.</param>
public sealed record LedgerGap(
    string Kind, long FromQ, long ToQ, DateTimeOffset At, long Offset, string IdBefore, string IdAfter, long EpochBefore,
    long EpochAfter, string MemberAfter);
