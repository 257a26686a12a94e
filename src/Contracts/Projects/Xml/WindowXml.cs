using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>A window as read, before schemas that depend on other windows are known.</summary>
/// <param name="Window">The window without schema.</param>
/// <param name="Schema">Its own schema; null for none.</param>
/// <param name="SchemaReported">True when it has a schema element that is wrong and already reported.</param>
internal sealed record ReadWindow(WindowDefinition Window, PendingSchema? Schema, bool SchemaReported);

/// <summary>What a window inherits from its query and project.</summary>
/// <param name="Index">Default index.</param>
/// <param name="PubSub">The project's pubsub: auto, manual or none.</param>
internal sealed record WindowDefaults(IndexKind Index, string PubSub);

/// <summary>Reads a window element: what all kinds share here, the rest by kind.</summary>
internal static class WindowXml
{
    public const string Prefix = "window-";

    public static ReadWindow Read(ModelElement element, WindowDefaults defaults, ReadScope scope, string queryPath)
    {
        var kind = element.Name[Prefix.Length..];
        var name = scope.Required(element, "name", queryPath);
        var path = $"{queryPath}/{name}";
        var bare = ReadKind(kind, element, scope, path);
        var window = bare with
        {
            Name = name,
            Index = ReadIndex(element, scope, path) ?? defaults.Index,
            PubSubIndex = ReadIndex(element, scope, path, "pubsub-index"),
            IsPubSub = IsPubSub(element, defaults.PubSub, scope, path),
            OutputInsertOnly = scope.Flag(element, "output-insert-only", path),
            CollapseUpdates = scope.Flag(element, "collapse-updates", path),
            ProducesOnlyInserts = scope.Flag(element, "produces-only-inserts", path),
            Splitter = ExpressionXml.ReadSplitter(element, scope, path),
            Connectors = ConnectorXml.ReadConnectors(element, scope, path),
            Description = scope.Description(element),
            Position = element.Position,
        };
        var schema = SchemaReader.Read(element, scope, path);
        if (window is NotificationWindowDefinition && schema is not null)
        {
            scope.Warn(ProblemCode.UnknownElement, path, schema.Position,
                "The schema has no effect: a notification window passes its input's events as they are.");
            schema = null;
        }

        var hasSchema = element.Child("schema") is not null || element.Child("schema-string") is not null;
        return new ReadWindow(window, schema, schema is null && hasSchema);
    }

    /// <summary>The index an attribute names; null when it is not there.</summary>
    public static IndexKind? ReadIndex(ModelElement element, ReadScope scope, string path, string attribute = "index")
    {
        var index = scope.Attribute(element, attribute, path);
        switch (index?.ToUpperInvariant())
        {
            case null or "": return null;
            case "PI_EMPTY": return IndexKind.Empty;
            case "PI_RBTREE": return IndexKind.Ordered;
            case "PI_HASH" or "PI_LN_HASH" or "PI_CL_HASH" or "PI_FW_HASH" or "PI_HLEVELDB": return IndexKind.Hash;
            default:
                scope.Error(ProblemCode.InvalidValue, path, element.Position,
                    $"Index '{index}' is not known; known are pi_EMPTY, pi_HASH, pi_RBTREE, pi_LN_HASH, pi_CL_HASH, pi_FW_HASH, pi_HLEVELDB.");
                return null;
        }
    }

    /// <summary>Warns of attributes and elements that neither all windows nor the window's kind have.</summary>
    internal static void WarnUnknown(ModelElement element, ReadScope scope, string path)
    {
        var kind = WindowTable.Find(element.Name[Prefix.Length..])
            ?? throw new InvalidOperationException($"<{element.Name}> is in no table.");
        scope.WarnUnknownAttributes(element, path, [.. WindowTable.SharedAttributes.Concat(kind.Attributes).Select(a => a.Name)]);
        scope.WarnUnknownElements(element, path, [.. WindowTable.SharedElements.Concat(kind.Elements).Select(e => e.Name)]);
    }

    private static WindowDefinition ReadKind(string kind, ModelElement element, ReadScope scope, string path)
    {
        var isMas = MasXml.Is(kind, element);
        var reason = isMas || WindowKind.Supported.Contains(kind) ? UnsupportedPart(kind, element) : WindowKind.ReasonOf(kind);
        if (reason is not null)
        {
            return new UnsupportedWindowDefinition(kind, reason) { Name = "", Content = CanonicalXml.Write(element, scope, path) };
        }

        return kind switch
        {
            _ when isMas => MasXml.Read(kind, element, scope, path),
            "source" => WindowKindXml.ReadSource(element, scope, path),
            "copy" => WindowKindXml.ReadCopy(element, scope, path),
            "filter" when element.Child("code") is not null => ScriptXml.ReadFilter(element, scope, path),
            "filter" => WindowKindXml.ReadFilter(element, scope, path),
            "compute" => WindowKindXml.ReadCompute(element, scope, path),
            "functional" => FunctionalXml.Read(element, scope, path),
            "aggregate" => AggregateXml.Read(element, scope, path),
            "join" => JoinXml.Read(element, scope, path),
            "union" => FlowXml.ReadUnion(element, scope, path),
            "remove-state" => FlowXml.ReadRemoveState(element, scope, path),
            "counter" => FlowXml.ReadCounter(element, scope, path),
            "transpose" => TransposeXml.Read(element, scope, path),
            "pattern" => PatternXml.Read(element, scope, path),
            "lua" => ScriptXml.ReadWindow(ScriptLanguage.Lua, element, scope, path),
            "python" => ScriptXml.ReadWindow(ScriptLanguage.Python, element, scope, path),
            "notification" => NotificationXml.Read(element, scope, path),
            "custom" => CustomXml.Read(element, scope, path),
            "geofence" => GeofenceXml.Read(element, scope, path),
            "statedb-writer" => StateDbXml.ReadWriter(element, scope, path),
            "statedb-reader" => StateDbXml.ReadReader(element, scope, path),
            "object-tracker" => ObjectTrackerXml.Read(element, scope, path),
            "train" => ModelXml.ReadTrain(element, scope, path),
            "score" => ModelXml.ReadScore(element, scope, path),
            "model-reader" => ModelXml.ReadReader(element, scope, path),
            "model-supervisor" => ModelXml.ReadSupervisor(element, scope, path),
            _ => CalculateXml.Read(element, scope, path),
        };
    }

    /// <summary>What in a window of a supported kind this version does not run; null for nothing.</summary>
    private static string? UnsupportedPart(string kind, ModelElement element)
    {
        if (element.Child("splitter-plug") is not null)
        {
            return "splitters in C++ are not run; use splitter-expr or splitter-lua";
        }

        return kind switch
        {
            "filter" when element.Child("plugin") is not null => "filters in C++ are not run; use an expression",
            "compute" when HasPlugin(element) => "compute windows in C++ are not run; use field-expr",
            "aggregate" when HasPlugin(element) => "aggregate functions in C++ are not run; use field-expr",
            "join" when HasPlugin(element) => "join output in C++ is not run; use field-expr or field-selection",
            "train" or "score" or "model-reader" => ModelXml.UnsupportedPart(kind, element),
            _ => null,
        };
    }

    private static bool HasPlugin(ModelElement element) =>
        element.Child("context-plugin") is not null || element.Child("output")?.Child("field-plug") is not null;

    private static bool IsPubSub(ModelElement element, string projectPubSub, ReadScope scope, string path) => projectPubSub switch
    {
        "none" => false,
        "manual" => scope.Flag(element, "pubsub", path),
        _ => scope.Flag(element, "pubsub", path, defaultValue: true),
    };
}
