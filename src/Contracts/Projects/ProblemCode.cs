namespace Lockstep.Contracts.Projects;

/// <summary>
/// The codes of problems with models, connector properties and adapter files. They are stable;
/// docs/reference/diagnostics.md lists each with its cause and what to do.
/// </summary>
public static class ProblemCode
{
    /// <summary>The text is not well-formed XML, or holds a DTD.</summary>
    public const string MalformedXml = "LS1001";

    /// <summary>The model is longer, deeper or has more elements than the limits.</summary>
    public const string TooLarge = "LS1002";

    /// <summary>The root element is not one of a model, or there is no project in it.</summary>
    public const string NoProject = "LS1003";

    /// <summary>A token <c>@NAME@</c> has no value.</summary>
    public const string UnknownToken = "LS1004";

    /// <summary>A needed attribute or element is missing.</summary>
    public const string Missing = "LS1005";

    /// <summary>A value cannot be read as what it should be.</summary>
    public const string InvalidValue = "LS1006";

    /// <summary>An attribute is not known and ignored.</summary>
    public const string UnknownAttribute = "LS1007";

    /// <summary>An element is not known and ignored.</summary>
    public const string UnknownElement = "LS1008";

    /// <summary>A schema is wrong: unknown type, a field twice, an unknown window to copy from.</summary>
    public const string InvalidSchema = "LS1009";

    /// <summary>A window has no schema and can't take one from its input.</summary>
    public const string MissingSchema = "LS1010";

    /// <summary>A retention has an unknown type or limit.</summary>
    public const string InvalidRetention = "LS1011";

    /// <summary>There is more than one project; the first is taken.</summary>
    public const string SeveralProjects = "LS1012";

    /// <summary>(warning) A secret stands in the model in clear text.</summary>
    public const string LiteralSecret = "LS1013";

    /// <summary>The model is one that was made to be looked at: a mask stands in place of a secret.</summary>
    public const string HiddenSecret = "LS1014";

    /// <summary>A window is of a kind that this version does not run.</summary>
    public const string UnsupportedWindow = "LS1020";

    /// <summary>Two things that must differ have one name.</summary>
    public const string DuplicateName = "LS1021";

    /// <summary>An edge names a window that does not exist.</summary>
    public const string UnknownEdgeEnd = "LS1022";

    /// <summary>Edges form a cycle.</summary>
    public const string Cycle = "LS1023";

    /// <summary>A window's key is missing, or cannot come from its input.</summary>
    public const string InvalidKey = "LS1024";

    /// <summary>A compute or aggregate window does not have one expression a non-key field.</summary>
    public const string ExpressionCount = "LS1025";

    /// <summary>A field of a window gets no value from function or input.</summary>
    public const string FieldWithoutValue = "LS1026";

    /// <summary>The algorithm of a calculate window is not one that this version runs.</summary>
    public const string UnsupportedAlgorithm = "LS1027";

    /// <summary>An input-map, output-map or parameter of a calculate window is wrong.</summary>
    public const string InvalidMap = "LS1028";

    /// <summary>The field of a retention does not exist or is no date or stamp.</summary>
    public const string InvalidRetentionField = "LS1029";

    /// <summary>A connector is of a class that this version does not run.</summary>
    public const string UnsupportedConnector = "LS1030";

    /// <summary>A property is not known to its connector class.</summary>
    public const string UnknownProperty = "LS1031";

    /// <summary>A property that the connector needs is missing.</summary>
    public const string MissingProperty = "LS1032";

    /// <summary>A property has a value that the connector cannot take.</summary>
    public const string InvalidProperty = "LS1033";

    /// <summary>A connector group names a connector or group that does not exist.</summary>
    public const string UnknownGroupEntry = "LS1034";

    /// <summary>The windows that feed a window have unequal schemas, or there is none.</summary>
    public const string InvalidInput = "LS1035";

    /// <summary>A continuous query or project is empty.</summary>
    public const string Empty = "LS1036";

    /// <summary>A source window that makes its keys must be insert-only with one key field, int64 or string.</summary>
    public const string InvalidAutogenKey = "LS1037";

    /// <summary>Hot failover is on, but something it needs is missing.</summary>
    public const string IncompleteFailover = "LS1038";

    /// <summary>Attribute trace names a window that does not exist.</summary>
    public const string UnknownTrace = "LS1039";

    /// <summary>The command of an adapter connector cannot be read or names an unknown adapter.</summary>
    public const string InvalidCommand = "LS1040";

    /// <summary>A url is not <c>dfESP://host:port/project/contquery/window</c>.</summary>
    public const string InvalidUrl = "LS1041";

    /// <summary>A window with models lacks one, or what gives it; or a window can't send requests.</summary>
    public const string InvalidModel = "LS1067";

    /// <summary>The query, output or prefix of a statedb window is wrong, or does not fit what is stored.</summary>
    public const string InvalidStateDb = "LS1070";

    /// <summary>A configuration file of an adapter cannot be read.</summary>
    public const string InvalidConfigFile = "LS1042";

    /// <summary>The sides, conditions or output of a join window are wrong.</summary>
    public const string InvalidJoin = "LS1050";

    /// <summary>The logic of a pattern cannot be read, or names an event that the pattern does not have.</summary>
    public const string InvalidPattern = "LS1054";

    /// <summary>A source, field or event that a pattern names does not exist or does not fit.</summary>
    public const string InvalidPatternField = "LS1055";

    /// <summary>Nothing limits how long a pattern's instances stay open.</summary>
    public const string UnlimitedPattern = "LS1056";

    /// <summary>A field that a geofence window names does not exist or does not fit.</summary>
    public const string InvalidGeofence = "LS1057";

    /// <summary>An event loop lacks what it goes over, or how to find its parts.</summary>
    public const string InvalidEventLoop = "LS1058";

    /// <summary>The configuration of a url or websocket connector cannot be read.</summary>
    public const string InvalidUrlConfig = "LS1059";

    /// <summary>A window, filter or connector of a script has no code.</summary>
    public const string MissingScript = "LS1062";

    /// <summary>A script requires a module that the project does not have.</summary>
    public const string UnknownModule = "LS1063";

    /// <summary>A script uses or copies a field that its input does not have.</summary>
    public const string UnknownScriptField = "LS1064";

    /// <summary>Events are forwarded to a window that is no source window of the project.</summary>
    public const string UnknownDestination = "LS1065";

    /// <summary>A part of a script's element is kept but has no effect here.</summary>
    public const string PartIgnored = "LS1066";

    /// <summary>A map of a custom window names a field that is not there.</summary>
    public const string UnknownMappedField = "LS1069";

    /// <summary>A router is kept and drawn, but not run by this version.</summary>
    public const string RouterNotRun = "LS1071";

    /// <summary>A route goes to a destination that its router does not have.</summary>
    public const string UnknownRouteEnd = "LS1072";

    /// <summary>The script of a connector does not compile, or can't be read.</summary>
    public const string InvalidScript = "LS1301";

    /// <summary>A connector group waits for the end of a connector that has none.</summary>
    public const string EndlessWait = "LS1302";

    /// <summary>A subscriber asks for stored rows first and gets none.</summary>
    public const string NoSnapshot = "LS1303";
}
