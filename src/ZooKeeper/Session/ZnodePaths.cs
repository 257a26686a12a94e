namespace Lockstep.ZooKeeper.Session;

/// <summary>Rules for znode paths, as in the server's <c>PathUtils</c>, and the chroot.</summary>
internal static class ZnodePaths
{
    /// <summary>What is wrong with a path, or null.</summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="sequential">True when the server will append digits, so that the path may end with a slash.</param>
    public static string? Problem(string? path, bool sequential)
    {
        if (string.IsNullOrEmpty(path) || path[0] != '/')
        {
            return $"'{path}' must start with a slash.";
        }

        string whole = sequential ? path + "1" : path;
        if (whole.Length > 1 && whole[^1] == '/')
        {
            return $"'{path}' must not end with a slash.";
        }

        foreach (string name in whole.Length == 1 ? [] : whole[1..].Split('/'))
        {
            if (name is "" or "." or ".." || name.AsSpan().ContainsAnyInRange('\u0000', '\u001f'))
            {
                return $"'{path}' has a name that is empty, '.', '..' or has control characters.";
            }
        }

        return null;
    }

    /// <summary>True when the server appends digits to the path.</summary>
    public static bool IsSequential(CreateMode mode) => mode is CreateMode.PersistentSequential
        or CreateMode.EphemeralSequential or CreateMode.PersistentSequentialWithTtl;

    /// <summary>Puts the chroot before a path.</summary>
    public static string ToServer(string chroot, string path, bool sequential = false)
    {
        if (Problem(path, sequential) is { } problem)
        {
            throw new ArgumentException(problem, nameof(path));
        }

        return chroot.Length == 0 ? path : path == "/" ? chroot : chroot + path;
    }

    /// <summary>Takes the chroot off a path that the server named.</summary>
    public static string ToClient(string chroot, string path) =>
        chroot.Length == 0 ? path
        : path == chroot ? "/"
        : path.StartsWith(chroot + "/", StringComparison.Ordinal) ? path[chroot.Length..]
        : path;

    /// <summary>The path of the parent; the root is its own.</summary>
    public static string Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash <= 0 ? "/" : path[..slash];
    }
}
