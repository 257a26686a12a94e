using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;

namespace Lockstep.Manager.Web.Ui.Parts;

/// <summary>
/// How a member is shown. Role (what it does: fill and word) and health (how it is: shape, hue and word) are two things and
/// never mixed. Kinds are the suffixes of CSS classes, words are keys of the texts.
/// </summary>
/// <param name="Role">active, standby, joining, stopped, failed or plain.</param>
/// <param name="RoleText">Text key of the role's word.</param>
/// <param name="Health">good, degraded, failed, stopped, joining or unknown.</param>
/// <param name="HealthText">Text key of the health's word.</param>
public sealed record MemberLook(string Role, string RoleText, string Health, string HealthText)
{
    /// <summary>An observation older than this, in seconds, is shown grey with its age; it proves nothing about now.</summary>
    public const double StaleAfterSeconds = 3;

    /// <summary>The look of a member.</summary>
    public static MemberLook Of(MemberResource member) => Of(member.Role, member.State, member.Age);

    /// <summary>The look of a role and a state seen so many seconds ago.</summary>
    public static MemberLook Of(MemberRole? role, MemberState state, double? age)
    {
        var (roleKind, roleText) = RoleOf(role, state);
        var (health, healthText) = IsStale(age) && (state is MemberState.Running or MemberState.Degraded)
            ? ("unknown", "Health.Unknown")
            : HealthOf(state);
        return new(roleKind, roleText, health, healthText);
    }

    /// <summary>True when it was seen, but too long ago to say how it is.</summary>
    public static bool IsStale(double? age) => age > StaleAfterSeconds;

    private static (string Kind, string Text) RoleOf(MemberRole? role, MemberState state) => (state, role) switch
    {
        (MemberState.Stopped, _) => ("stopped", "Role.Stopped"),
        (MemberState.Failed, _) => ("failed", "Role.Failed"),
        (MemberState.Restarting, _) => ("joining", "Role.Restarting"),
        (MemberState.Starting, null) => ("joining", "Role.Starting"),
        (_, MemberRole.Active) => ("active", "Role.Active"),
        (_, MemberRole.Standby) => ("standby", "Role.Standby"),
        (_, MemberRole.Acquiring) => ("joining", "Role.Acquiring"),
        (_, MemberRole.Recovering) => ("joining", "Role.Joining"),
        (_, MemberRole.Shadow) => ("plain", "Role.Shadow"),
        (_, MemberRole.Fenced) => ("failed", "Role.Fenced"),
        _ => ("plain", "Role.Running"),
    };

    private static (string Kind, string Text) HealthOf(MemberState state) => state switch
    {
        MemberState.Running => ("good", "Health.Running"),
        MemberState.Degraded => ("degraded", "Health.Degraded"),
        MemberState.Stopped => ("stopped", "Health.Stopped"),
        MemberState.Failed => ("failed", "Health.Failed"),
        MemberState.Restarting => ("joining", "Health.Restarting"),
        _ => ("joining", "Health.Starting"),
    };
}
