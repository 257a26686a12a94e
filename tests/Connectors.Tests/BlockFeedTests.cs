using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Connectors.Tests;

/// <summary>Goal: what is in flight is counted right, so that a run ends when it is drained and not before.</summary>
public sealed class BlockFeedTests
{
    [Fact]
    public void An_empty_block_is_given_back_and_does_not_count()
    {
        using var feed = new BlockFeed();
        var window = new WindowId(0, 0);
        var empty = feed.Rent(window, Rig.Schema);
        feed.Publish(window, empty, TestContext.Current.CancellationToken);
        Assert.True(feed.IsEmpty);
        Assert.True(feed.DrainedAsync().IsCompleted);
        Assert.Same(empty, feed.Rent(window, Rig.Schema));

        empty.AppendObjects(Opcode.Insert, EventFlags.None, 1L, "a");
        feed.Publish(window, empty, TestContext.Current.CancellationToken);
        var drained = feed.DrainedAsync();
        Assert.False(drained.IsCompleted);
        Assert.True(feed.TryTake(out var item));
        feed.Return(item);
        Assert.True(drained.IsCompleted);
    }

    [Fact]
    public void Blocks_that_come_later_are_not_waited_for()
    {
        using var feed = new BlockFeed();
        Publish();
        var drained = feed.DrainedAsync();
        Publish();
        Assert.True(feed.TryTake(out var first));
        Assert.False(drained.IsCompleted);
        feed.Return(first);
        Assert.True(drained.IsCompleted);
        Assert.False(feed.DrainedAsync().IsCompleted);

        void Publish()
        {
            var block = feed.Rent(new WindowId(0, 0), Rig.Schema);
            block.AppendObjects(Opcode.Insert, EventFlags.None, 1L, "a");
            feed.Publish(new WindowId(0, 0), block, TestContext.Current.CancellationToken);
        }
    }
}
