using Lockstep.ZooKeeper.Protocol;
using Lockstep.ZooKeeper.Session;

namespace Lockstep.ZooKeeper.Tests.Session;

/// <summary>Which callbacks an event concerns, and what is set again after a reconnect.</summary>
public sealed class WatchTableTests
{
    private readonly WatchTable _table = new();

    [Fact]
    public void A_callback_that_watches_twice_is_called_once()
    {
        _table.Add(WatchTable.Table.Data, "/a", Ignore);
        _table.Add(WatchTable.Table.Data, "/a", Ignore);
        _table.Add(WatchTable.Table.Child, "/a", Ignore);
        Assert.Single(_table.Fire(WatchEventType.Deleted, "/a"));
        Assert.Empty(_table.Fire(WatchEventType.Deleted, "/a"));
    }

    [Fact]
    public void A_recursive_watch_of_the_root_sees_everything()
    {
        _table.Add(WatchTable.Table.Recursive, "/", Ignore);
        Assert.Single(_table.Fire(WatchEventType.Created, "/a/b/c"));
        Assert.Single(_table.Fire(WatchEventType.DataChanged, "/"));
        Assert.Empty(_table.Fire(WatchEventType.ChildrenChanged, "/a"));
    }

    [Fact]
    public void One_shot_watches_alone_are_restored_with_the_older_request()
    {
        _table.Add(WatchTable.Table.Data, "/a", Ignore);
        (OpCode op, IJuteRecord body) = Assert.Single(_table.Restore(5, 1000));
        Assert.Equal(OpCode.SetWatches, op);
        Assert.Equal(["/a"], Assert.IsType<SetWatchesRequest>(body).DataWatches);
    }

    [Fact]
    public void Many_watches_are_restored_in_several_requests()
    {
        for (int i = 0; i < 100; i++)
        {
            _table.Add(WatchTable.Table.Persistent, $"/node-{i:D3}", Ignore);
        }

        List<(OpCode Op, IJuteRecord Body)> requests = [.. _table.Restore(5, 90)];
        Assert.Equal(10, requests.Count);
        Assert.Equal(100, requests.Sum(r => Assert.IsType<SetWatches2Request>(r.Body).PersistentWatches.Count));
    }

    private static void Ignore(WatchEvent happened)
    {
    }
}
