namespace Lockstep.ZooKeeper;

/// <summary>A ZooKeeper operation failed.</summary>
public sealed class ZooKeeperException : Exception
{
    /// <summary>Makes one whose message says what to do next.</summary>
    /// <param name="code">What went wrong.</param>
    /// <param name="path">The znode path the operation was about, as the client names it; empty when about none.</param>
    /// <param name="inner">What caused it, if an exception did.</param>
    public ZooKeeperException(ErrorCode code, string path = "", Exception? inner = null)
        : base(MessageOf(code, path), inner)
    {
        Code = code;
        Path = path;
    }

    /// <summary>What went wrong.</summary>
    public ErrorCode Code { get; }

    /// <summary>The znode path the operation was about; empty when about none.</summary>
    public string Path { get; }

    /// <summary>True when trying again on the same session can help, after reading what is there.</summary>
    public bool IsTransient => Code is ErrorCode.ConnectionLoss or ErrorCode.OperationTimeout or ErrorCode.ThrottledOp
        or ErrorCode.RequestTimeout;

    /// <summary>True when the session is of no more use and a new client is needed.</summary>
    public bool IsSessionOver => Code is ErrorCode.SessionExpired or ErrorCode.UnknownSession or ErrorCode.AuthFailed
        or ErrorCode.SessionClosedRequireSaslAuth;

    private static string MessageOf(ErrorCode code, string path)
    {
        string subject = path.Length == 0 ? "" : $" at {path}";
        return $"ZooKeeper: {code}{subject}. {NextStep(code)}";
    }

    private static string NextStep(ErrorCode code) => code switch
    {
        ErrorCode.ConnectionLoss =>
            "The request may have taken effect or not: wait until connected again, read what is there, then repeat if needed.",
        ErrorCode.SessionExpired or ErrorCode.UnknownSession =>
            "The session and its ephemerals are gone: start a new client.",
        ErrorCode.NoNode => "Create the znode or its parent first.",
        ErrorCode.NodeExists => "Another client may have created it: read it, or choose another name.",
        ErrorCode.BadVersion => "Somebody changed the znode: read it again and repeat with its version.",
        ErrorCode.NotEmpty => "Delete its children first.",
        ErrorCode.NoAuth => "Add an identity that the znode's access list allows.",
        ErrorCode.AuthFailed => "Check scheme and credentials, then start a new client.",
        ErrorCode.NoChildrenForEphemerals => "Choose a persistent parent.",
        ErrorCode.InvalidAcl => "Give a list with at least one entry of a scheme that the server knows.",
        ErrorCode.Unimplemented =>
            "The server does not offer it; time-to-live nodes need extendedTypesEnabled in the server's settings.",
        ErrorCode.RuntimeInconsistency => "Another operation of the same transaction failed; nothing was done.",
        ErrorCode.SessionMoved => "The session is used through another connection: only one owner may use it.",
        ErrorCode.NoWatcher => "No such watch is set; nothing has to be removed.",
        _ => "See the server's log for the cause.",
    };
}
