using Lockstep.ZooKeeper;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>Which connections watch what. Owned by the server's lock.</summary>
internal sealed class ServerWatches
{
    private readonly Dictionary<(Kind Kind, string Path), HashSet<ServerConnection>> _watches = [];

    /// <summary>Kinds of watches; for the server existence is data.</summary>
    internal enum Kind
    {
        Data,
        Child,
        Persistent,
        Recursive,
    }

    /// <summary>How many watches are set.</summary>
    public int Count => _watches.Values.Sum(w => w.Count);

    public void Add(Kind kind, string path, ServerConnection connection)
    {
        if (!_watches.TryGetValue((kind, path), out HashSet<ServerConnection>? watchers))
        {
            _watches[(kind, path)] = watchers = [];
        }

        watchers.Add(connection);
    }

    /// <summary>Removes a connection's watches of a path; false when there were none.</summary>
    public bool Remove(string path, WatchKind asked, ServerConnection connection)
    {
        Kind[] kinds = asked switch
        {
            WatchKind.Children => [Kind.Child],
            WatchKind.Data => [Kind.Data],
            WatchKind.Persistent => [Kind.Persistent],
            WatchKind.PersistentRecursive => [Kind.Recursive],
            _ => Enum.GetValues<Kind>(),
        };
        bool removed = false;
        foreach (Kind kind in kinds)
        {
            removed |= _watches.TryGetValue((kind, path), out HashSet<ServerConnection>? watchers) && watchers.Remove(connection);
        }

        return removed;
    }

    /// <summary>A connection is gone.</summary>
    public void Forget(ServerConnection connection)
    {
        foreach ((Kind Kind, string Path) key in _watches.Keys.ToArray())
        {
            _watches[key].Remove(connection);
            if (_watches[key].Count == 0)
            {
                _watches.Remove(key);
            }
        }
    }

    /// <summary>Who is told what of a change: each connection once for each event.</summary>
    public IEnumerable<(ServerConnection Connection, TreeChange Change)> Fire(TreeChange change)
    {
        HashSet<ServerConnection> node = [];
        Take(Kind.Data, change.Path, node);
        if (change.Type == WatchEventType.Deleted)
        {
            Take(Kind.Child, change.Path, node);
        }

        Collect(Kind.Persistent, change.Path, node);
        for (string at = change.Path; ; at = ZnodeTree.Parent(at))
        {
            Collect(Kind.Recursive, at, node);
            if (at == "/")
            {
                break;
            }
        }

        HashSet<ServerConnection> parent = [];
        string parentPath = ZnodeTree.Parent(change.Path);
        if (change.Type is WatchEventType.Created or WatchEventType.Deleted)
        {
            Take(Kind.Child, parentPath, parent);
            Collect(Kind.Persistent, parentPath, parent);
        }

        TreeChange above = change with { Type = WatchEventType.ChildrenChanged, Path = parentPath };
        return [.. node.Select(c => (c, change)), .. parent.Select(c => (c, above))];
    }

    private void Take(Kind kind, string path, HashSet<ServerConnection> fired)
    {
        Collect(kind, path, fired);
        _watches.Remove((kind, path));
    }

    private void Collect(Kind kind, string path, HashSet<ServerConnection> fired)
    {
        if (_watches.TryGetValue((kind, path), out HashSet<ServerConnection>? watchers))
        {
            fired.UnionWith(watchers);
        }
    }
}
