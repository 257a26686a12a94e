using Lockstep.Contracts.Hubs;
using Lockstep.Engine.Worker.Logging;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>The newest log lines, and how many a slow reader missed.</summary>
public sealed class LogBufferTests
{
    [Fact]
    public void The_oldest_lines_go_and_a_reader_is_told_how_many_it_missed()
    {
        var buffer = new LogBuffer();
        for (var i = 1; i <= LogBuffer.Limit + 10; i++)
        {
            buffer.Add(new WorkerLogLine(default, "Information", "c", $"{i}"));
        }

        Assert.Equal(LogBuffer.Limit, buffer.All().Count);
        var (lines, last, missed) = buffer.After(4, limit: 2);
        Assert.Equal(["11", "12"], lines.Select(l => l.Message));
        Assert.Equal((12, 6), (last, missed));
        Assert.Empty(buffer.After(LogBuffer.Limit + 10, 5).Lines);
    }
}
