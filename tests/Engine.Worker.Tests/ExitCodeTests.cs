using Lockstep.Engine.Worker.Options;
using Lockstep.Failover;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>
/// Goal: a member's end reaches the launcher as the code that diagnostics.md promises, so that a fenced one is started again.
/// Method: all ends of the enumeration.
/// </summary>
public sealed class ExitCodeTests
{
    [Theory]
    [InlineData(FailoverExit.Stopped, 0)]
    [InlineData(FailoverExit.Fenced, 70)]
    [InlineData(FailoverExit.CannotCommit, 71)]
    [InlineData(FailoverExit.CommitRefused, 72)]
    [InlineData(FailoverExit.Inconsistent, 73)]
    [InlineData(FailoverExit.Poisoned, 74)]
    public void Every_end_of_a_member_has_the_code_that_is_documented(FailoverExit exit, int code) =>
        Assert.Equal(code, ExitCode.Of(exit));

    [Fact]
    public void No_end_of_a_member_is_without_a_code_of_its_own() =>
        Assert.Distinct(Enum.GetValues<FailoverExit>().Select(ExitCode.Of));
}
