using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Retention;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Copy;
using Lockstep.Engine.Windows.Scripts;
using Lockstep.Engine.Windows.Source;
using Lockstep.Engine.Windows.StateDb;

namespace Lockstep.Engine.Execution;

/// <summary>
/// Makes the windows of one continuous query from their definitions; what is wrong goes to the problems.
/// </summary>
internal sealed class WindowFactory(
    ProjectDefinition project, ContinuousQueryDefinition query, LoadedFiles files, StateTables tables, ScriptBoard scripts, ProblemList problems)
{
    private readonly ComputingFactory _computing = new(query.Name, problems);
    private readonly FunctionalFactory _functional = new(query.Name, problems);
    private readonly CalculateFactory _calculate = new(query.Name, files, problems);
    private readonly AggregateFactory _aggregate = new(query.Name, problems);
    private readonly ScriptFactory _script = new(project, query.Name, scripts, problems);
    private readonly ModelFactory _model = new(query.Name, files, problems);
    private readonly JoinFactory _join = new(query.Name, problems);
    private readonly FlowFactory _flow = new(query, problems);
    private readonly TransposeFactory _transpose = new(query.Name, problems);
    private readonly PatternFactory _pattern = new(project, query.Name, scripts, problems);
    private readonly GeofenceFactory _geofence = new(query, problems);
    private readonly StateDbFactory _stateDb = new(tables, query.Name, problems);

    /// <summary>Makes a window; null when it has errors.</summary>
    /// <param name="definition">What the model says.</param>
    /// <param name="inputs">The windows in front of it, one an edge.</param>
    /// <param name="roles">The role of each of these edges; empty text for none.</param>
    public BuiltWindow? Create(WindowDefinition definition, ImmutableArray<BuiltWindow> inputs, ImmutableArray<string> roles)
    {
        if (definition is UnsupportedWindowDefinition unsupported)
        {
            Error("LS2001", definition, $"A {unsupported.KindName} window does not run here: {unsupported.Reason}");
            return null;
        }

        if (query.IsOpen(definition.Name))
        {
            Error("LS2008", definition, "The window takes events from a query that this template is put into; a template does not run by itself.");
            return null;
        }

        if (definition.Schema is not { } schema)
        {
            Error("LS2002", definition, "The window has no schema.");
            return null;
        }

        if (!CheckInputs(definition, inputs))
        {
            return null;
        }

        var built = definition switch
        {
            SourceWindowDefinition source => CreateSource(source, schema),
            CopyWindowDefinition copy => CreateCopy(copy, schema, inputs),
            FilterWindowDefinition filter => _computing.CreateFilter(filter, schema, inputs),
            ScriptFilterWindowDefinition filter => _script.CreateFilter(filter, schema, inputs),
            MasWindowDefinition mas => _script.CreateMas(mas, schema, inputs),
            NotificationWindowDefinition notification => CreateNotification(notification, schema, inputs),
            CustomWindowDefinition custom => _script.CreateCustom(custom, schema, inputs),
            ScriptWindowDefinition script => _script.CreateWindow(script, schema, inputs),
            ComputeWindowDefinition compute => _computing.CreateCompute(compute, schema, inputs),
            FunctionalWindowDefinition functional => _functional.Create(functional, schema, inputs),
            CalculateWindowDefinition calculate => _calculate.Create(calculate, schema, inputs),
            TrainWindowDefinition train => _model.CreateTrain(train, inputs),
            ModelReaderWindowDefinition reader => _model.CreateReader(reader, inputs),
            ModelSupervisorWindowDefinition supervisor => _model.CreateSupervisor(supervisor, inputs),
            ObjectTrackerWindowDefinition tracker => TrackerFactory.Create(tracker, NameOf(tracker), schema, inputs, problems),
            ScoreWindowDefinition score => _model.CreateScore(score, schema, inputs),
            AggregateWindowDefinition aggregate => _aggregate.Create(aggregate, schema, inputs),
            StateDbWriterWindowDefinition writer => _stateDb.CreateWriter(writer, schema, inputs),
            StateDbReaderWindowDefinition reader => _stateDb.CreateReader(reader, schema, inputs),
            GeofenceWindowDefinition geofence => _geofence.Create(geofence, schema, inputs),
            PatternWindowDefinition pattern => _pattern.Create(pattern, schema, inputs),
            JoinWindowDefinition join => _join.Create(join, inputs, roles),
            UnionWindowDefinition or RemoveStateWindowDefinition or CounterWindowDefinition => _flow.Create(definition, schema, inputs),
            TransposeWindowDefinition transpose => _transpose.Create(transpose, schema, inputs),
            _ => Unknown(definition),
        };
        return built is null ? null : Finish(definition, built);
    }

    private BuiltWindow? CreateSource(SourceWindowDefinition definition, Schema schema)
    {
        if (definition.AutogenKey && !CheckAutogen(definition, schema))
        {
            return null;
        }

        var keeps = definition.Retention is not null
            || (definition.Index != IndexKind.Empty && !definition.AutogenKey);
        if (!CheckRetention(definition, definition.Retention, schema))
        {
            return null;
        }

        var window = new SourceWindow(
            NameOf(definition), schema, definition.InsertOnly, definition.AutogenKey,
            keeps ? Rows(schema, definition.Retention) : null);
        var traits = keeps ? WindowTraits.OfStore with { InsertOnly = definition.InsertOnly && definition.Retention is null }
            : new WindowTraits(definition.InsertOnly, definition.InsertOnly, definition.AutogenKey);
        return new BuiltWindow(window, traits);
    }

    private BuiltWindow? CreateCopy(CopyWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var mismatch = inputs.FirstOrDefault(i => i.Window.Schema.Id != schema.Id);
        if (mismatch is not null)
        {
            Error("LS2007", definition, $"Its schema '{schema}' is not that of its input: '{mismatch.Window.Schema}'.");
            return null;
        }

        if (!CheckRetention(definition, definition.Retention, schema))
        {
            return null;
        }

        var traits = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);
        var keeps = definition.Retention is not null
            || (definition.Index != IndexKind.Empty && !(traits.Resolved && traits.UniqueKeys));
        var window = new CopyWindow(NameOf(definition), schema, keeps ? Rows(schema, definition.Retention) : null);
        return new BuiltWindow(window, !keeps ? traits
            : WindowTraits.OfStore with { InsertOnly = traits.InsertOnly && definition.Retention is null });
    }

    // What channels send is made of events that have left: nothing of it is state.
    private BuiltWindow? CreateNotification(NotificationWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        if (!WindowChecks.HaveOneSchema(definition, inputs, NameOf(definition), problems)
            || (files.NotificationOf(definition) ?? NotificationReader.Create(definition, query.Name, schema, problems)) is not { } reader)
        {
            return null;
        }

        files.Keep(definition, reader);
        return new BuiltWindow(new CopyWindow(NameOf(definition), schema, rows: null), WindowTraits.Merge([.. inputs.Select(i => i.Traits)]));
    }

    private BuiltWindow? Unknown(WindowDefinition definition)
    {
        Error("LS2001", definition, $"A {definition.Kind} window does not run here.");
        return null;
    }

    private BuiltWindow? Finish(WindowDefinition definition, BuiltWindow built)
    {
        var (schema, traits) = (built.Window.Schema, built.Traits);
        OutputShaper? shaper = definition.OutputInsertOnly && !traits.InsertOnly ? new InsertOnlyShaper(schema)
            : definition.CollapseUpdates && !traits.InsertOnly ? new CollapseShaper(schema) : null;
        if (shaper is InsertOnlyShaper)
        {
            traits = new WindowTraits(InsertOnly: true, Resolved: true, UniqueKeys: false);
        }

        var slots = query.Edges.Where(e => e.Source == definition.Name && e.Slot is >= 0).ToList();
        if (definition.Splitter is null)
        {
            foreach (var edge in slots.Where(e => e.Slot > 0))
            {
                problems.Warning("LS2009", NameOf(definition), edge.Position,
                    $"The edge to '{edge.Target}' asks for slot {edge.Slot}, but the window has no splitter: "
                    + "it takes all events.");
            }

            return built with { Traits = traits, Shaper = shaper };
        }

        var choice = definition.Splitter.Script is null ? _computing.CreateSlots(definition, schema) : _script.CreateSlots(definition, schema);
        return choice is null ? null
            : built with { Traits = traits, Shaper = shaper, Splitter = new SlotSplitter(schema, slots.Select(e => e.Slot!.Value), choice) };
    }

    private static KeyedRows Rows(Schema schema, RetentionDefinition? retention) =>
        new(schema, retention is null ? null : RetentionRule.Create(retention, schema));

    private bool CheckInputs(WindowDefinition definition, ImmutableArray<BuiltWindow> inputs)
    {
        if (definition is SourceWindowDefinition && inputs.Length > 0)
        {
            Error("LS2008", definition, "An edge leads into a source window; events are published into it instead.");
            return false;
        }

        if (definition.NeedsInput && inputs.Length == 0)
        {
            Error("LS2008", definition, $"No edge leads into the {definition.Kind} window.");
            return false;
        }

        return true;
    }

    private bool CheckAutogen(SourceWindowDefinition definition, Schema schema)
    {
        var keys = schema.Fields.Where(f => f.IsKey).ToList();
        if (definition.InsertOnly && keys is [{ Type: FieldType.Int64 or FieldType.String }])
        {
            return true;
        }

        Error("LS2006", definition,
            "autogen-key needs insert-only=\"true\" and one key field, of type int64 or string.");
        return false;
    }

    private bool CheckRetention(WindowDefinition definition, RetentionDefinition? retention, Schema schema)
    {
        if (retention is null)
        {
            return true;
        }

        var byTime = retention.Kind is not (RetentionKind.ByCountSliding or RetentionKind.ByCountJumping);
        if (byTime ? retention.Duration < TimeSpan.FromMicroseconds(1) : retention.Count < 1)
        {
            problems.Error("LS2005", NameOf(definition), retention.Position, "The retention's limit must be above 0.");
            return false;
        }

        if (byTime && retention.Field is { } name
            && (schema.IndexOf(name) is not (>= 0 and var index)
                || schema.Fields[index].Type is not (FieldType.Date or FieldType.Stamp)))
        {
            problems.Error("LS2005", NameOf(definition), retention.Position,
                $"The retention's clock '{name}' must be a date or stamp field of the window.");
            return false;
        }

        return true;
    }

    private void Error(string code, WindowDefinition definition, string message) =>
        problems.Error(code, NameOf(definition), definition.Position, message);

    private string NameOf(WindowDefinition definition) => $"{query.Name}/{definition.Name}";
}
