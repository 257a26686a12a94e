using Lockstep.ZooKeeper;
using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>Requests about watches alone.</summary>
internal sealed class WatchHandler(ServerState state, ServerConnection connection)
{
    public void Handle(OpCode op, ref JuteReader reader)
    {
        switch (op)
        {
            case OpCode.AddWatch:
                AddWatchRequest add = AddWatchRequest.Read(ref reader);
                Add(add.Mode == WatchMode.Persistent ? ServerWatches.Kind.Persistent : ServerWatches.Kind.Recursive, add.Path);
                break;
            case OpCode.RemoveWatches:
                RemoveWatchesRequest remove = RemoveWatchesRequest.Read(ref reader);
                if (!state.Watches.Remove(remove.Path, remove.Kind, connection))
                {
                    throw new RefusedException(ErrorCode.NoWatcher);
                }

                break;
            case OpCode.SetWatches:
                SetWatchesRequest oneShot = SetWatchesRequest.Read(ref reader);
                Restore(new SetWatches2Request(
                    oneShot.RelativeZxid, oneShot.DataWatches, oneShot.ExistWatches, oneShot.ChildWatches, [], []));
                break;
            default:
                Restore(SetWatches2Request.Read(ref reader));
                break;
        }
    }

    /// <summary>What changed while the client was away is told now; the rest is watched again.</summary>
    private void Restore(SetWatches2Request request)
    {
        foreach (string path in request.DataWatches)
        {
            Znode? node = state.Tree.Find(path);
            WatchEventType? missed = node is null ? WatchEventType.Deleted
                : node.Mzxid > request.RelativeZxid ? WatchEventType.DataChanged
                : null;
            TellOrAdd(missed, ServerWatches.Kind.Data, path);
        }

        foreach (string path in request.ExistWatches)
        {
            WatchEventType? missed = state.Tree.Find(path) is null ? null : WatchEventType.Created;
            TellOrAdd(missed, ServerWatches.Kind.Data, path);
        }

        foreach (string path in request.ChildWatches)
        {
            Znode? node = state.Tree.Find(path);
            WatchEventType? missed = node is null ? WatchEventType.Deleted
                : node.Pzxid > request.RelativeZxid ? WatchEventType.ChildrenChanged
                : null;
            TellOrAdd(missed, ServerWatches.Kind.Child, path);
        }

        foreach (string path in request.PersistentWatches)
        {
            Add(ServerWatches.Kind.Persistent, path);
        }

        foreach (string path in request.PersistentRecursiveWatches)
        {
            Add(ServerWatches.Kind.Recursive, path);
        }
    }

    private void TellOrAdd(WatchEventType? missed, ServerWatches.Kind kind, string path)
    {
        if (missed is { } type)
        {
            ServerState.TellOne(connection, new TreeChange(type, path, state.Tree.Zxid));
        }
        else
        {
            Add(kind, path);
        }
    }

    private void Add(ServerWatches.Kind kind, string path) => state.Watches.Add(kind, path, connection);
}
