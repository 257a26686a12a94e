namespace Lockstep.ZooKeeper;

/// <summary>ZooKeeper's error codes, with the numbers of the wire (<c>KeeperException.Code</c>).</summary>
public enum ErrorCode
{
    /// <summary>No error.</summary>
    Ok = 0,

    /// <summary>The server failed in a way it does not explain.</summary>
    SystemError = -1,

    /// <summary>In a multi: this operation was not tried because another one failed.</summary>
    RuntimeInconsistency = -2,

    /// <summary>The server found its data inconsistent.</summary>
    DataInconsistency = -3,

    /// <summary>The connection was lost before the answer came: the request may have taken effect or not.</summary>
    ConnectionLoss = -4,

    /// <summary>A request or answer could not be read.</summary>
    MarshallingError = -5,

    /// <summary>The server does not know the operation; time-to-live nodes need <c>extendedTypesEnabled</c>.</summary>
    Unimplemented = -6,

    /// <summary>The operation took too long.</summary>
    OperationTimeout = -7,

    /// <summary>The server refused the arguments.</summary>
    BadArguments = -8,

    /// <summary>The server does not know the session.</summary>
    UnknownSession = -12,

    /// <summary>A new configuration has no quorum.</summary>
    NewConfigNoQuorum = -13,

    /// <summary>A reconfiguration is under way.</summary>
    ReconfigInProgress = -14,

    /// <summary>The start of the errors that the data cause.</summary>
    ApiError = -100,

    /// <summary>The znode does not exist.</summary>
    NoNode = -101,

    /// <summary>The znode's access list does not allow it.</summary>
    NoAuth = -102,

    /// <summary>The znode has another version than was given.</summary>
    BadVersion = -103,

    /// <summary>Ephemeral znodes have no children.</summary>
    NoChildrenForEphemerals = -108,

    /// <summary>The znode exists already.</summary>
    NodeExists = -110,

    /// <summary>The znode has children.</summary>
    NotEmpty = -111,

    /// <summary>The session is over.</summary>
    SessionExpired = -112,

    /// <summary>A callback was not valid.</summary>
    InvalidCallback = -113,

    /// <summary>The access list is empty or names an unknown scheme.</summary>
    InvalidAcl = -114,

    /// <summary>The identity was refused.</summary>
    AuthFailed = -115,

    /// <summary>The session is now served elsewhere.</summary>
    SessionMoved = -118,

    /// <summary>The server is read-only.</summary>
    NotReadOnly = -119,

    /// <summary>A local session cannot own ephemerals.</summary>
    EphemeralOnLocalSession = -120,

    /// <summary>There is no such watch.</summary>
    NoWatcher = -121,

    /// <summary>The server gave up on the request.</summary>
    RequestTimeout = -122,

    /// <summary>Reconfiguration is turned off.</summary>
    ReconfigDisabled = -123,

    /// <summary>The server demands SASL, which this client does not speak.</summary>
    SessionClosedRequireSaslAuth = -124,

    /// <summary>A quota is used up.</summary>
    QuotaExceeded = -125,

    /// <summary>The server is overloaded and did not try.</summary>
    ThrottledOp = -127,
}
