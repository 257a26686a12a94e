using Lockstep.Connectors.Kafka;
using Lockstep.Engine.Execution;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>What scripts of a group say comes out in the member's log, up to a limit.</summary>
public sealed class StepBuilderTests
{
    [Fact]
    public void Lines_of_scripts_are_logged_with_their_window_until_there_are_too_many()
    {
        using var log = new LogText();
        var topics = new GroupTopics("h_1", "g", "j", "m", [], []);
        var tally = new DeadLetterTally(topics, new AlarmBoard(TimeProvider.System));
        var builder = new StepBuilder(topics, [], new EngineMemberLimits(), tally, w => w.IsSnippet ? "lua-snippet watch" : $"cq/w{w.Window}", log);
        for (var i = 1; i <= 10_001; i++)
        {
            builder.OnLog(new WindowId(1, 2), "warn", $"line {i}");
        }

        Assert.Equal(10_000, log.Lines.Count);
        Assert.Equal(["cq/w2: script warn: line 1", "cq/w2: script warn: line 10000"], [log.Lines[0], log.Lines[^1]]);
        builder.OnBadEvent(new WindowId(-1, 0), "It failed.");
        Assert.Equal("Bad event dropped in lua-snippet watch: It failed.", log.Lines[^1]);
    }
}
