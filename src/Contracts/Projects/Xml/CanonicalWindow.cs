using System.Globalization;
using System.Xml.Linq;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Writes windows in canonical form.</summary>
internal static class CanonicalWindow
{
    public static void Write(WindowDefinition window, CanonicalWriter to)
    {
        to.Start($"{WindowXml.Prefix}{window.Kind}");
        if (window is UnsupportedWindowDefinition unsupported)
        {
            WriteUnsupported(unsupported, to);
            return;
        }

        WriteShared(window, to);
        switch (window)
        {
            case SourceWindowDefinition w:
                to.Flag("insert-only", w.InsertOnly);
                to.Flag("autogen-key", w.AutogenKey);
                WriteChildren(window, to);
                WriteRetention(w.Retention, to);
                break;
            case CopyWindowDefinition w:
                WriteChildren(window, to);
                WriteRetention(w.Retention, to);
                break;
            case FilterWindowDefinition w:
                WriteChildren(window, to);
                to.Initializer(w.Initializer);
                to.Expression("expression", w.Expression);
                break;
            case ComputeWindowDefinition w:
                WriteChildren(window, to);
                to.Initializer(w.Initializer);
                to.Output(w.Expressions);
                break;
            case FunctionalWindowDefinition w:
                WriteChildren(window, to);
                FunctionalXml.Write(w, to);
                break;
            case AggregateWindowDefinition w:
                WriteChildren(window, to);
                to.Initializer(w.Initializer);
                to.Output(w.Expressions);
                break;
            case JoinWindowDefinition w:
                WriteChildren(window, to);
                JoinXml.Write(w, to);
                break;
            case UnionWindowDefinition or RemoveStateWindowDefinition or CounterWindowDefinition:
                FlowXml.WriteAttributes(window, to);
                WriteChildren(window, to);
                break;
            case TransposeWindowDefinition w:
                TransposeXml.WriteAttributes(w, to);
                WriteChildren(window, to);
                break;
            case PatternWindowDefinition w:
                WriteChildren(window, to);
                PatternXml.Write(w, to);
                break;
            case MasWindowDefinition w:
                MasXml.WriteAttributes(w, to);
                WriteChildren(window, to);
                MasXml.Write(w, to);
                break;
            case ScriptWindowDefinition w:
                ScriptXml.WriteWindowAttributes(w, to);
                WriteChildren(window, to);
                ScriptXml.WriteWindow(w, to);
                break;
            case ScriptFilterWindowDefinition w:
                to.Attribute("func", w.Function);
                ScriptXml.WriteAttributes(w.Script, to);
                WriteChildren(window, to);
                ScriptXml.WriteScript(w.Script, to);
                break;
            case NotificationWindowDefinition w:
                WriteChildren(window, to);
                NotificationXml.Write(w, to);
                break;
            case CustomWindowDefinition w:
                to.Attribute("type", w.Type);
                to.Attribute("version", w.Version);
                WriteChildren(window, to);
                CustomXml.Write(w, to);
                break;
            case GeofenceWindowDefinition w:
                WriteChildren(window, to);
                GeofenceXml.Write(w, to);
                break;
            case CalculateWindowDefinition w:
                to.Attribute("algorithm", w.Algorithm);
                WriteChildren(window, to);
                ModelXml.WriteMap("parameters", w.Parameters, to);
                ModelXml.WriteMap("input-map", w.InputMap, to);
                ModelXml.WriteMap("output-map", w.OutputMap, to);
                break;
            case TrainWindowDefinition w:
                ModelXml.WriteTrain(w, to, () => WriteChildren(window, to));
                break;
            case StateDbWriterWindowDefinition w:
                WriteChildren(window, to);
                StateDbXml.Write(w, to);
                break;
            case StateDbReaderWindowDefinition w:
                WriteChildren(window, to);
                StateDbXml.Write(w, to);
                break;
            case ObjectTrackerWindowDefinition w:
                WriteChildren(window, to);
                ObjectTrackerXml.Write(w, to);
                break;
            case ModelReaderWindowDefinition w:
                ModelXml.WriteReader(w, to, () => WriteChildren(window, to));
                break;
            case ModelSupervisorWindowDefinition w:
                ModelXml.WriteSupervisor(w, to);
                WriteChildren(window, to);
                break;
            case ScoreWindowDefinition w:
                WriteChildren(window, to);
                ModelXml.WriteScore(w, to);
                break;
        }

        WriteConnectors(window, to);
        to.End();
    }

    private static void WriteShared(WindowDefinition window, CanonicalWriter to)
    {
        to.Attribute("name", window.Name);
        to.Attribute("index", NameOf(window.Index));
        if (window.PubSubIndex is { } index && !to.ResultsOnly)
        {
            to.Attribute("pubsub-index", NameOf(index));
        }

        to.Flag("pubsub", window.IsPubSub && !to.ResultsOnly);
        to.Flag("output-insert-only", window.OutputInsertOnly);
        to.Flag("collapse-updates", window.CollapseUpdates);
        to.Flag("produces-only-inserts", window.ProducesOnlyInserts);
    }

    private static string NameOf(IndexKind index) =>
        index switch { IndexKind.Empty => "pi_EMPTY", IndexKind.Ordered => "pi_RBTREE", _ => "pi_HASH" };

    private static void WriteChildren(WindowDefinition window, CanonicalWriter to)
    {
        if (!to.ResultsOnly)
        {
            to.Text("description", window.Description);
        }

        if (!window.DerivesSchema)
        {
            to.Text("schema-string", window.Schema?.ToString());
        }

        if (window.Splitter is { Script: { } script } scripted)
        {
            to.Start("splitter-lua");
            to.Attribute("function", scripted.Function);
            ScriptXml.WriteAttributes(script, to);
            ScriptXml.WriteScript(script, to);
            to.End();
        }
        else if (window.Splitter is { } splitter)
        {
            to.Start("splitter-expr");
            to.Initializer(splitter.Initializer);
            to.Expression("expression", splitter.Expression);
            to.End();
        }
    }

    private static void WriteRetention(RetentionDefinition? retention, CanonicalWriter to)
    {
        if (retention is null)
        {
            return;
        }

        to.Start("retention");
        to.Attribute("type", retention.Kind switch
        {
            RetentionKind.ByCountSliding => "bycount_sliding",
            RetentionKind.ByCountJumping => "bycount_jumping",
            RetentionKind.ByTimeSliding => "bytime_sliding",
            RetentionKind.ByTimeJumping => "bytime_jumping",
            _ => "bytime_jumping_lookback",
        });
        to.Attribute("field", retention.Field);
        to.Attribute("unit", retention.Unit > TimeSpan.Zero ? DurationText.Format(retention.Unit) : null);
        to.Raw(retention.Count > 0 ? retention.Count.ToString(CultureInfo.InvariantCulture) : DurationText.Format(retention.Duration));
        to.End();
    }

    private static void WriteConnectors(WindowDefinition window, CanonicalWriter to)
    {
        if (to.ResultsOnly || window.Connectors.Length == 0)
        {
            return;
        }

        to.Start("connectors");
        foreach (var connector in window.Connectors)
        {
            to.Start("connector");
            to.Attribute("class", connector.Class);
            to.Attribute("name", connector.Name);
            to.Attribute("active", connector.IsActive ? null : "false");
            to.Properties("properties", connector.Properties);
            to.End();
        }

        to.End();
    }

    /// <summary>
    /// Its attributes and children as they were read; what its query or project gave it is written out, and what is not
    /// part of the content (description, connectors) is added.
    /// </summary>
    private static void WriteUnsupported(UnsupportedWindowDefinition window, CanonicalWriter to)
    {
        var content = window.Content.Length == 0 ? null : XElement.Parse(window.Content, LoadOptions.PreserveWhitespace);
        WriteShared(window, to);
        foreach (var attribute in content?.Attributes() ?? [])
        {
            if (attribute.Name.LocalName is not ("name" or "index" or "pubsub" or "output-insert-only" or "collapse-updates" or "produces-only-inserts"))
            {
                to.Attribute(attribute.Name.LocalName, attribute.Value);
            }
        }

        if (!to.ResultsOnly)
        {
            to.Text("description", window.Description);
        }

        foreach (var child in content?.Elements() ?? [])
        {
            to.Raw("\n" + child.ToString(SaveOptions.DisableFormatting));
        }

        WriteConnectors(window, to);
        to.End();
    }
}
