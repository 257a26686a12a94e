using Lockstep.ZooKeeper.Protocol;
using Callback = System.Action<Lockstep.ZooKeeper.WatchEvent>;

namespace Lockstep.ZooKeeper.Session;

/// <summary>The client's side of its watches, by the paths the server knows; rules as in the Java client's <c>ZKWatchManager</c>.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class WatchTable
{
    private readonly Dictionary<Table, Dictionary<string, List<Callback>>> _tables =
        Enum.GetValues<Table>().ToDictionary(t => t, _ => new Dictionary<string, List<Callback>>(StringComparer.Ordinal));

    /// <summary>Where a watch stands.</summary>
    internal enum Table
    {
        /// <summary>One-shot, on the data of a znode that exists.</summary>
        Data,

        /// <summary>One-shot, on the creation of a znode that does not exist.</summary>
        Exist,

        /// <summary>One-shot, on the list of children.</summary>
        Child,

        /// <summary>Stays; on one znode.</summary>
        Persistent,

        /// <summary>Stays; on a znode and all below.</summary>
        Recursive,
    }

    /// <summary>Notes a watch; the same callback on the same path counts once.</summary>
    public void Add(Table table, string path, Callback callback)
    {
        if (!_tables[table].TryGetValue(path, out List<Callback>? callbacks))
        {
            _tables[table][path] = callbacks = [];
        }

        if (!callbacks.Contains(callback))
        {
            callbacks.Add(callback);
        }
    }

    /// <summary>Forgets watches.</summary>
    public void Remove(string path, WatchKind kind)
    {
        Table[] tables = kind switch
        {
            WatchKind.Children => [Table.Child],
            WatchKind.Data => [Table.Data, Table.Exist],
            WatchKind.Persistent => [Table.Persistent],
            WatchKind.PersistentRecursive => [Table.Recursive],
            _ => Enum.GetValues<Table>(),
        };
        foreach (Table table in tables)
        {
            _tables[table].Remove(path);
        }
    }

    /// <summary>Forgets every watch: the session is over.</summary>
    public void Clear()
    {
        foreach (Dictionary<string, List<Callback>> table in _tables.Values)
        {
            table.Clear();
        }
    }

    /// <summary>The callbacks that an event concerns, each once; one-shot watches that fire are forgotten.</summary>
    public IReadOnlyList<Callback> Fire(WatchEventType type, string path)
    {
        List<Callback> fired = [];
        bool children = type == WatchEventType.ChildrenChanged;
        if (!children)
        {
            Take(Table.Data, path, fired);
            Take(Table.Exist, path, fired);
        }

        if (children || type == WatchEventType.Deleted)
        {
            Take(Table.Child, path, fired);
        }

        Collect(Table.Persistent, path, fired);
        for (string at = path; !children; at = ZnodePaths.Parent(at))
        {
            Collect(Table.Recursive, at, fired);
            if (at == "/")
            {
                break;
            }
        }

        return fired;
    }

    /// <summary>The requests that set all watches again on a new connection.</summary>
    /// <param name="lastZxid">The newest transaction this client has seen: the server fires what changed since.</param>
    /// <param name="maxPathBytes">How many characters of paths one request may have; at least one path goes into each.</param>
    public IEnumerable<(OpCode Op, IJuteRecord Body)> Restore(long lastZxid, int maxPathBytes)
    {
        Queue<(Table Table, string Path)> rest = new(
            _tables.SelectMany(t => t.Value.Keys.Select(path => (t.Key, path))));
        while (rest.Count > 0)
        {
            Dictionary<Table, List<string>> batch = Enum.GetValues<Table>().ToDictionary(t => t, _ => new List<string>());
            int characters = 0;
            while (rest.TryPeek(out (Table Table, string Path) next)
                && (characters == 0 || characters + next.Path.Length <= maxPathBytes))
            {
                rest.Dequeue();
                batch[next.Table].Add(next.Path);
                characters += next.Path.Length;
            }

            yield return batch[Table.Persistent].Count + batch[Table.Recursive].Count == 0
                ? (OpCode.SetWatches, new SetWatchesRequest(
                    lastZxid, batch[Table.Data], batch[Table.Exist], batch[Table.Child]))
                : (OpCode.SetWatches2, new SetWatches2Request(
                    lastZxid,
                    batch[Table.Data],
                    batch[Table.Exist],
                    batch[Table.Child],
                    batch[Table.Persistent],
                    batch[Table.Recursive]));
        }
    }

    private void Take(Table table, string path, List<Callback> fired)
    {
        Collect(table, path, fired);
        _tables[table].Remove(path);
    }

    private void Collect(Table table, string path, List<Callback> fired)
    {
        if (_tables[table].TryGetValue(path, out List<Callback>? callbacks))
        {
            fired.AddRange(callbacks.Where(c => !fired.Contains(c)));
        }
    }
}
