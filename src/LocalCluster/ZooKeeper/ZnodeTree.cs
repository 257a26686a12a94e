using System.Globalization;
using Lockstep.ZooKeeper;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>An operation was refused; the client is told the code.</summary>
internal sealed class RefusedException(ErrorCode code) : Exception(code.ToString())
{
    public ErrorCode Code { get; } = code;
}

/// <summary>Something that watches are told of.</summary>
internal readonly record struct TreeChange(WatchEventType Type, string Path, long Zxid);

/// <summary>
/// The znodes. Each change notes how to undo it, so that a transaction whose later part is refused leaves nothing behind.
/// Owned by the server's lock.
/// </summary>
internal sealed class ZnodeTree(TimeProvider time)
{
    private readonly Dictionary<string, Znode> _nodes = new(StringComparer.Ordinal);
    private readonly List<Action> _undo = [];
    private readonly List<TreeChange> _changes = [];

    /// <summary>How many znodes there are.</summary>
    public int Count => _nodes.Count;

    /// <summary>All znodes, in no order.</summary>
    public IReadOnlyCollection<Znode> All => _nodes.Values;

    /// <summary>The newest transaction.</summary>
    public long Zxid { get; private set; }

    /// <summary>Creates the znodes that every server has.</summary>
    public void Plant()
    {
        foreach (string path in (string[])["/", "/zookeeper", "/zookeeper/config", "/zookeeper/quota"])
        {
            Znode node = NewNode(path, ReadOnlyMemory<byte>.Empty, Acl.Open, 0);
            _nodes.Add(path, node);
            if (path != "/")
            {
                _nodes[Parent(path)].Children.Add(Name(path));
                _nodes[Parent(path)].ChildrenCreated++;
            }
        }
    }

    /// <summary>Starts a transaction; everything until <see cref="Commit"/> or <see cref="Rollback"/> belongs to it.</summary>
    public void Begin()
    {
        Zxid++;
        _undo.Clear();
        _changes.Clear();
    }

    /// <summary>Ends a transaction and gives what watches are to be told.</summary>
    public IReadOnlyList<TreeChange> Commit() => [.. _changes];

    /// <summary>Takes back everything since <see cref="Begin"/>.</summary>
    public void Rollback()
    {
        for (int i = _undo.Count - 1; i >= 0; i--)
        {
            _undo[i]();
        }

        _undo.Clear();
        _changes.Clear();
        Zxid--;
    }

    public Znode? Find(string path) => _nodes.GetValueOrDefault(path);

    public Znode Get(string path) => Find(path) ?? throw new RefusedException(ErrorCode.NoNode);

    /// <summary>Creates a znode.</summary>
    /// <param name="path">Its path; ten digits are appended when sequential.</param>
    /// <param name="content">Its data.</param>
    /// <param name="acl">Its access list.</param>
    /// <param name="owner">Session, container or time-to-live mark, or 0.</param>
    /// <param name="sequential">True to append digits.</param>
    /// <param name="mayCreate">Throws when the parent's access list does not allow it.</param>
    public Znode Create(
        string path,
        ReadOnlyMemory<byte> content,
        IReadOnlyList<Acl> acl,
        long owner,
        bool sequential,
        Action<Znode> mayCreate)
    {
        Znode parent = Get(Parent(path));
        mayCreate(parent);
        string whole = sequential
            ? path + parent.ChildrenCreated.ToString("D10", CultureInfo.InvariantCulture)
            : path;
        if (_nodes.ContainsKey(whole))
        {
            throw new RefusedException(ErrorCode.NodeExists);
        }

        if (parent.IsEphemeral)
        {
            throw new RefusedException(ErrorCode.NoChildrenForEphemerals);
        }

        Znode node = NewNode(whole, content, acl, owner);
        (int created, long pzxid, string name) = (parent.ChildrenCreated, parent.Pzxid, Name(whole));
        _nodes.Add(whole, node);
        parent.Children.Add(name);
        parent.ChildrenCreated++;
        parent.Pzxid = Zxid;
        _undo.Add(() =>
        {
            _nodes.Remove(whole);
            parent.Children.Remove(name);
            (parent.ChildrenCreated, parent.Pzxid) = (created, pzxid);
        });
        _changes.Add(new TreeChange(WatchEventType.Created, whole, Zxid));
        return node;
    }

    public void Delete(string path, int version, Action<Znode> mayDelete)
    {
        if (path == "/")
        {
            throw new RefusedException(ErrorCode.BadArguments);
        }

        Znode node = Get(path);
        Znode parent = Get(Parent(path));
        mayDelete(parent);
        CheckVersion(node.Version, version);
        if (node.Children.Count > 0)
        {
            throw new RefusedException(ErrorCode.NotEmpty);
        }

        (long pzxid, string name) = (parent.Pzxid, Name(path));
        _nodes.Remove(path);
        parent.Children.Remove(name);
        parent.Pzxid = Zxid;
        _undo.Add(() =>
        {
            _nodes.Add(path, node);
            parent.Children.Add(name);
            parent.Pzxid = pzxid;
        });
        _changes.Add(new TreeChange(WatchEventType.Deleted, path, Zxid));
    }

    public Znode SetContent(string path, ReadOnlyMemory<byte> content, int version)
    {
        Znode node = Get(path);
        CheckVersion(node.Version, version);
        (ReadOnlyMemory<byte> old, long mzxid, long modified) = (node.Content, node.Mzxid, node.ModifiedMs);
        (node.Content, node.Mzxid, node.ModifiedMs) = (content, Zxid, NowMs());
        node.Version++;
        _undo.Add(() =>
        {
            (node.Content, node.Mzxid, node.ModifiedMs) = (old, mzxid, modified);
            node.Version--;
        });
        _changes.Add(new TreeChange(WatchEventType.DataChanged, path, Zxid));
        return node;
    }

    public Znode SetAcl(string path, IReadOnlyList<Acl> acl, int version)
    {
        Znode node = Get(path);
        CheckVersion(node.Aversion, version);
        node.Acl = acl; // Never part of a multi, so there is nothing to undo.
        node.Aversion++;
        return node;
    }

    public static void CheckVersion(int actual, int asked)
    {
        if (asked != -1 && asked != actual)
        {
            throw new RefusedException(ErrorCode.BadVersion);
        }
    }

    public static string Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash <= 0 ? "/" : path[..slash];
    }

    public long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    private Znode NewNode(string path, ReadOnlyMemory<byte> content, IReadOnlyList<Acl> acl, long owner)
    {
        long now = NowMs();
        return new Znode
        {
            Path = path,
            Czxid = Zxid,
            CreatedMs = now,
            Owner = owner,
            Acl = acl,
            Content = content,
            Mzxid = Zxid,
            ModifiedMs = now,
            Pzxid = Zxid,
        };
    }
}
