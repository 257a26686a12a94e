namespace Lockstep.ZooKeeper;

/// <summary>One operation of a transaction: all of its operations are done, or none.</summary>
public abstract record MultiOperation
{
    private MultiOperation(string path) => Path = path;

    /// <summary>The znode it is about.</summary>
    public string Path { get; init; }

    /// <summary>Demands that a znode exists with a version.</summary>
    public sealed record Check : MultiOperation
    {
        /// <summary>Demands that a znode exists with a version.</summary>
        /// <param name="path">The znode.</param>
        /// <param name="version">Its version; -1 for any.</param>
        public Check(string path, int version = -1) : base(path) => Version = version;

        /// <summary>The version; -1 for any.</summary>
        public int Version { get; init; }
    }

    /// <summary>Creates a znode.</summary>
    public sealed record Create : MultiOperation
    {
        /// <summary>Creates a znode.</summary>
        /// <param name="path">The znode, or the start of its path when sequential.</param>
        /// <param name="data">Its data.</param>
        /// <param name="mode">Its kind; none with a time to live.</param>
        /// <param name="acl">Its access list; open when null.</param>
        public Create(
            string path,
            ReadOnlyMemory<byte> data = default,
            CreateMode mode = CreateMode.Persistent,
            IReadOnlyList<Acl>? acl = null)
            : base(path) =>
            (Content, Mode, Acl) = (data, mode, acl ?? ZooKeeper.Acl.Open);

        /// <summary>Its data.</summary>
        public ReadOnlyMemory<byte> Content { get; init; }

        /// <summary>Its kind.</summary>
        public CreateMode Mode { get; init; }

        /// <summary>Its access list.</summary>
        public IReadOnlyList<Acl> Acl { get; init; }
    }

    /// <summary>Deletes a znode.</summary>
    public sealed record Delete : MultiOperation
    {
        /// <summary>Deletes a znode.</summary>
        /// <param name="path">The znode.</param>
        /// <param name="version">Its version; -1 for any.</param>
        public Delete(string path, int version = -1) : base(path) => Version = version;

        /// <summary>The version; -1 for any.</summary>
        public int Version { get; init; }
    }

    /// <summary>Sets a znode's data.</summary>
    public sealed record SetContent : MultiOperation
    {
        /// <summary>Sets a znode's data.</summary>
        /// <param name="path">The znode.</param>
        /// <param name="data">Its new data.</param>
        /// <param name="version">Its version; -1 for any.</param>
        public SetContent(string path, ReadOnlyMemory<byte> data, int version = -1) : base(path) =>
            (Content, Version) = (data, version);

        /// <summary>Its new data.</summary>
        public ReadOnlyMemory<byte> Content { get; init; }

        /// <summary>The version; -1 for any.</summary>
        public int Version { get; init; }
    }
}
