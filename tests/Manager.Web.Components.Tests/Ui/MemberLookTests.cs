using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Ui.Parts;

namespace Lockstep.Manager.Web.Components.Tests.Ui;

/// <summary>Role and health are two things; an old observation says nothing about health.</summary>
public sealed class MemberLookTests
{
    [Theory]
    [InlineData(MemberRole.Active, MemberState.Running, "active", "good")]
    [InlineData(MemberRole.Standby, MemberState.Running, "standby", "good")]
    [InlineData(MemberRole.Standby, MemberState.Degraded, "standby", "degraded")]
    [InlineData(MemberRole.Recovering, MemberState.Starting, "joining", "joining")]
    [InlineData(MemberRole.Acquiring, MemberState.Running, "joining", "good")]
    [InlineData(MemberRole.Fenced, MemberState.Running, "failed", "good")]
    [InlineData(MemberRole.Active, MemberState.Stopped, "stopped", "stopped")]
    [InlineData(MemberRole.Active, MemberState.Restarting, "joining", "joining")]
    [InlineData(null, MemberState.Failed, "failed", "failed")]
    [InlineData(null, MemberState.Starting, "joining", "joining")]
    [InlineData(null, MemberState.Running, "plain", "good")]
    public void Each_role_and_state_has_its_look(MemberRole? role, MemberState state, string roleKind, string healthKind)
    {
        var look = MemberLook.Of(role, state, 0.1);

        Assert.Equal((roleKind, healthKind), (look.Role, look.Health));
    }

    [Theory]
    [InlineData(2.9, "good")]
    [InlineData(3.1, "unknown")]
    public void Health_is_unknown_when_the_observation_is_older_than_three_seconds(double age, string health) =>
        Assert.Equal(health, MemberLook.Of(MemberRole.Active, MemberState.Running, age).Health);

    [Fact]
    public void A_member_that_was_stopped_stays_stopped_however_old_that_is() =>
        Assert.Equal("stopped", MemberLook.Of(MemberRole.Active, MemberState.Stopped, 900).Health);
}
