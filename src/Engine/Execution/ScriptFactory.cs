using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Filter;
using Lockstep.Engine.Windows.Scripts;
using Lockstep.Scripting;

namespace Lockstep.Engine.Execution;

/// <summary>Makes windows and filters of scripts.</summary>
internal sealed class ScriptFactory(ProjectDefinition project, string query, ScriptBoard scripts, ProblemList problems)
{
    public BuiltWindow? CreateWindow(ScriptWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs) =>
        Create(definition, () => ScriptLoader.SourceOf(project, NameOf(definition), definition.Script), schema, inputs);

    /// <summary>A window of a kind written as a script.</summary>
    public BuiltWindow? CreateCustom(CustomWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        return Try(definition, definition.Script, () =>
        {
            var source = ScriptLoader.SourceOf(project, NameOf(definition), definition);
            var beats = source.Code.Contains("heartbeat", StringComparison.Ordinal);
            return Create(
                new ScriptWindowDefinition
                {
                    Name = definition.Name,
                    Schema = schema,
                    Index = definition.Index,
                    Position = definition.Position,
                    Script = definition.Script,
                    Events = ScriptLoader.CustomCreate,
                    Heartbeat = beats ? ScriptLoader.CustomHeartbeat : null,
                },
                () => source,
                schema,
                inputs);
        });
    }

    private BuiltWindow? Create(
        ScriptWindowDefinition definition, Func<ScriptSource> sourceOf, Schema schema, ImmutableArray<BuiltWindow> inputs) =>
        Try(definition, definition.Script, () =>
        {
            var source = sourceOf();
            var keeps = definition.Index != IndexKind.Empty;
            ImmutableArray<Schema> schemas = [.. inputs.Select(i => i.Window.Schema)];
            var insertsOnly = !keeps && !NamesOpcode(source);
            var model = new ScriptWindowModel(
                definition.Events,
                definition.Heartbeat,
                Math.Max(project.HeartbeatInterval.Ticks / TimeSpan.TicksPerMicrosecond, 1),
                definition.ProcessBlocks,
                insertsOnly,
                [.. inputs.Select(i => ShortName(i.Window.Name))],
                [.. schemas.Select(s => UsedOf(definition.Script, s))],
                [.. definition.Forwarding.Select(f => f with { Query = f.Query ?? query })]);
            var window = new ScriptWindow(
                NameOf(definition), schema, model, definition.Script.Language, source, scripts,
                new ScriptEmitter(schema, definition.Copy, schemas), keeps ? new KeyedRows(schema, null) : null);
            CheckFunctions(definition, definition.Script, window.Has, definition.Events, definition.Heartbeat);
            CheckForwarding(definition);
            return new BuiltWindow(window, keeps ? WindowTraits.OfStore : new WindowTraits(insertsOnly, insertsOnly, UniqueKeys: false));
        });

    /// <summary>A window that calls functions of mas-modules.</summary>
    public BuiltWindow? CreateMas(MasWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        try
        {
            return CreateWindow(
                new ScriptWindowDefinition
                {
                    Name = definition.Name,
                    Schema = schema,
                    Index = definition.Index,
                    Position = definition.Position,
                    Script = ScriptLoader.NamedCallsOf(project, definition.Map),
                    Events = ScriptLoader.NamedCall,
                },
                schema,
                inputs);
        }
        catch (ScriptException error)
        {
            problems.Error("LS2401", NameOf(definition), definition.Position, error.Message);
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Error("LS2402", NameOf(definition), definition.Position, $"A module's file can't be read: {unreadable.Message}");
            return null;
        }
    }

    public BuiltWindow? CreateFilter(ScriptFilterWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        if (!WindowChecks.HaveOneSchema(definition, inputs, NameOf(definition), problems))
        {
            return null;
        }

        return Try(definition, definition.Script, () =>
        {
            var script = new WindowScript(
                definition.Script.Language, ScriptLoader.SourceOf(project, NameOf(definition), definition.Script), scripts);
            CheckFunctions(definition, definition.Script, script.Has, definition.Function, null);
            var test = new ScriptTest(
                script, definition.Function, UsedOf(definition.Script, schema), ShortName(inputs[0].Window.Name), definition.Name);
            var input = WindowTraits.Merge([.. inputs.Select(i => i.Traits)]);

            // A script may answer otherwise for the same event later: only rows know what has passed.
            var keeps = definition.Index != IndexKind.Empty && !(input.Resolved && input.UniqueKeys);
            return new BuiltWindow(
                new FilterWindow(NameOf(definition), schema, test, keeps ? new KeyedRows(schema, null) : null),
                RowPolicy.Traits(keeps, input, keepsKeys: true));
        });
    }

    /// <summary>What splits a window's output by a script.</summary>
    public SlotChoice? CreateSlots(WindowDefinition definition, Schema schema)
    {
        var (script, function) = (definition.Splitter!.Script!, definition.Splitter.Function);
        return Try(definition, script, () =>
        {
            var loaded = new WindowScript(script.Language, ScriptLoader.SourceOf(project, NameOf(definition), script), scripts);
            CheckFunctions(definition, script, loaded.Has, function);
            return new ScriptSlots(loaded, function, UsedOf(script, schema), definition.Name);
        });
    }

    private T? Try<T>(WindowDefinition definition, ScriptDefinition script, Func<T?> create)
        where T : class
    {
        try
        {
            return create();
        }
        catch (ScriptException error)
        {
            ScriptCheck.Report(error, NameOf(definition), script, problems);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Error("LS2402", NameOf(definition), script.Code.Position, $"The script's file can't be read: {unreadable.Message}");
        }

        return null;
    }

    // A process for Python is not started to look: there the first call says so.
    private void CheckFunctions(WindowDefinition definition, ScriptDefinition script, Func<string, bool> has, params string?[] names)
    {
        foreach (var name in script.Language == ScriptLanguage.Lua ? names.OfType<string>().Where(n => !has(n)) : [])
        {
            problems.Error("LS2403", NameOf(definition), script.Code.Position, $"The script has no function '{name}'.");
        }
    }

    private void CheckForwarding(ScriptWindowDefinition definition)
    {
        foreach (var destination in definition.Forwarding)
        {
            var windows = project.ContinuousQueries.Where(q => q.Name == (destination.Query ?? query)).SelectMany(q => q.Windows);
            if (!windows.Any(w => w is SourceWindowDefinition && w.Name == destination.Window))
            {
                problems.Error("LS2404", NameOf(definition), destination.Position,
                    $"'{destination.Query ?? query}/{destination.Window}' is no source window.");
            }
        }
    }

    private static bool NamesOpcode(ScriptSource source) =>
        source.Modules.Values.Append(source.Code).Any(c => c.Contains("opcode", StringComparison.OrdinalIgnoreCase));

    private static int[] UsedOf(ScriptDefinition script, Schema input) =>
        [.. Enumerable.Range(0, input.Fields.Length).Where(i => script.Use is not { } use || use.Contains(input.Fields[i].Name))];

    private static string ShortName(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private string NameOf(WindowDefinition definition) => $"{query}/{definition.Name}";
}
