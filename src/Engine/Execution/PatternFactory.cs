using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Pattern;
using Lockstep.Engine.Windows.Pattern.Logic;
using Lockstep.Engine.Windows.Scripts;
using Lockstep.Scripting;

namespace Lockstep.Engine.Execution;

/// <summary>Makes pattern windows.</summary>
internal sealed class PatternFactory(ProjectDefinition project, string query, ScriptBoard scripts, ProblemList problems)
{
    public BuiltWindow? Create(PatternWindowDefinition definition, Schema schema, ImmutableArray<BuiltWindow> inputs)
    {
        var path = $"{query}/{definition.Name}";
        if (schema.KeyIndexes is not [var key] || schema.Fields[key].Type != FieldType.Int64)
        {
            problems.Error("LS2031", path, definition.Position, "A pattern window makes its key: one key field, of type int64.");
            return null;
        }

        var names = inputs.Select(i => i.Window.Name[(query.Length + 1)..]).ToList();
        var sources = names.Distinct(StringComparer.Ordinal).ToList();
        var schemas = sources.ConvertAll(s => inputs[names.IndexOf(s)].Window.Schema);
        var models = definition.Patterns.Where(p => p.IsActive)
            .Select(p => problems.Try(path, () => new PatternBuilder(project, path, p, schema, sources, schemas, scripts).Build())).ToList();
        return models.Contains(null) ? null : new BuiltWindow(
            new PatternWindow(path, schema, [.. names.Select(n => sources.IndexOf(n))], [.. models.OfType<PatternModel>()]),
            new WindowTraits(InsertOnly: true, Resolved: true, UniqueKeys: true));
    }
}

/// <summary>Makes one pattern. What does not fit is thrown as <see cref="ExpressionException"/>.</summary>
internal sealed class PatternBuilder(
    ProjectDefinition project, string path, PatternDefinition pattern, Schema schema, List<string> sources, List<Schema> schemas, ScriptBoard scripts)
{
    private readonly List<PatternEvent> _events = [];

    public PatternModel Build()
    {
        var logic = pattern.Logic ?? throw Mistake(pattern.LogicText.Position, "The pattern's logic cannot be read.");
        foreach (var name in logic.All().Where(p => p.Operator == PatternOperator.Event).Select(p => p.Event).Distinct(StringComparer.Ordinal))
        {
            _events.Add(EventOf(name, logic));
        }

        var unified = UnifiedNames.Of(_events.Where(e => e.Definition.Expression.Text.Length > 0)
            .Select(e => (e.Schema, e.Definition.Expression)));
        var script = pattern.Script is { } definition ? ScriptOf(definition, unified) : null;
        EventTest[] tests = [.. _events.Select((e, i) => script?.TestOf(i) ?? Test(e, unified))];
        CapturedEvent[] captured = [.. _events.Select((_, i) => Captured(i))];
        var output = script is not null && pattern.OutputFunction is not null
            ? script.OutputTo(schema, pattern.OutputFunction, unified.Variables.CreateFrame())
            : new MatchOutput(Output(captured, unified), captured, unified.Variables.CreateFrame()) as PatternOutput;
        var frame = unified.Variables.CreateFrame();
        var root = new LogicBuilder(name => (NumberOf(name), _events[NumberOf(name)].Source)).Build(logic);
        var layout = new LogicLayout(PatternInstances.WordsOf(_events.Count));
        root.Place(layout);
        var instances = new PatternInstances(
            captured, layout.Words, layout.Timers.Count, PatternIndex.Of(pattern, _events, sources.Count), frame);
        var clocks = Clocks();
        return new PatternModel(
            root, [.. layout.Timers], instances, new EventTests(tests, frame),
            output, clocks, Units(clocks))
        {
            Script = script?.Script,
        };
    }

    /// <summary>Loads the script; instances remember its data and the events it has matched as texts.</summary>
    private PatternScript ScriptOf(ScriptDefinition definition, UnifiedNames unified)
    {
        foreach (var name in _events.Select((_, i) => $"event {i}").Prepend("data"))
        {
            unified.Variables.Declare(name, ExprType.Text, pattern.Position);
        }

        try
        {
            var script = new WindowScript(definition.Language, ScriptLoader.SourceOf(project, path, definition), scripts);
            foreach (var function in _events.Select(e => e.Definition.Function).Append(pattern.OutputFunction).OfType<string>())
            {
                if (definition.Language == ScriptLanguage.Lua && !script.Has(function))
                {
                    throw new ExpressionException("LS2403", definition.Code.Position, $"The script has no function '{function}'.");
                }
            }

            var isList = pattern.Logic!.All().Where(p => p is { Operator: PatternOperator.Is, Times: > 1 })
                .SelectMany(p => p.All()).Select(p => p.Event).ToHashSet(StringComparer.Ordinal);
            return new PatternScript(script, path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..],
            [
                .. _events.Select(e => new ScriptedEvent(
                    e.Definition.Name, e.Definition.Function ?? "", sources[e.Source], isList.Contains(e.Definition.Name),
                    [.. Enumerable.Range(0, e.Schema.Fields.Length)])),
            ]);
        }
        catch (ScriptException error)
        {
            throw new ExpressionException(
                "LS2401", error.Fault?.In(definition.Code.Position, definition.File is null) ?? definition.Code.Position,
                $"The script does not load: {error.Message}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ExpressionException("LS2402", definition.Code.Position, $"The script's file can't be read: {unreadable.Message}");
        }
    }

    private int NumberOf(string name) => _events.FindIndex(e => e.Definition.Name == name);

    private PatternEvent EventOf(string name, PatternLogic logic)
    {
        var definition = pattern.Events.FirstOrDefault(e => e.Name == name)
            ?? throw Mistake(logic.Position, $"The logic names '{name}', which is no event of the pattern.");
        var source = definition.Source.Length > 0 ? sources.IndexOf(definition.Source) : sources.Count == 1 ? 0 : -1;
        return source >= 0 ? new PatternEvent(definition, source, schemas[source]) : throw Mistake(definition.Position,
            $"Event '{name}' needs a source, one of the input windows: {string.Join(", ", sources)}.");
    }

    private static EventTest Test(PatternEvent e, UnifiedNames unified)
    {
        if (e.Definition.Expression.Text.Length == 0)
        {
            return _ => true;
        }

        var compiler = new ExpressionCompiler(e.Schema, null, unified: unified);
        var passes = compiler.Compile(e.Definition.Expression, ExprType.Boolean).As<bool?>();
        return frame => passes(frame) == true;
    }

    /// <summary>The fields of an event that the output needs.</summary>
    private CapturedEvent Captured(int number)
    {
        var e = _events[number];
        var needed = new SortedSet<int>();
        foreach (var entry in pattern.Output.Where(o => o.Event == e.Definition.Name))
        {
            if (entry.Field is { } field)
            {
                needed.Add(e.Schema.IndexOf(field) is >= 0 and var index ? index
                    : throw Mistake(entry.Position, $"Event '{entry.Event}' has no field '{field}'."));
            }
            else if (entry.Expression is { Text.Length: > 0 } text)
            {
                needed.UnionWith(SyntaxWalk.All(Parser.Parse(text, _ => true)).OfType<NameNode>()
                    .Select(n => ExpressionCompiler.FieldIndex(e.Schema, n.Name)).Where(i => i >= 0));
            }
        }

        return new CapturedEvent([.. needed], new Schema(needed.Select(i => e.Schema.Fields[i] with { IsKey = false })));
    }

    private MatchField?[] Output(CapturedEvent[] captured, UnifiedNames unified)
    {
        var wanted = schema.Fields.Count(f => !f.IsKey);
        if (pattern.Output.Length != wanted)
        {
            throw Mistake(pattern.Position,
                $"The pattern's output has {pattern.Output.Length} entries for {wanted} fields that are no key.");
        }

        var next = 0;
        return [.. schema.Fields.Select(f => f.IsKey ? null : Entry(pattern.Output[next++], f, captured, unified))];
    }

    private MatchField Entry(PatternOutputDefinition entry, Field field, CapturedEvent[] captured, UnifiedNames unified)
    {
        // Naming an event that the logic does not use is no mistake: its fields are always null.
        var number = NumberOf(entry.Event);
        if (number < 0 && entry.Event.Length > 0)
        {
            return pattern.Events.Any(e => e.Name == entry.Event) ? new MatchField(-1, -1, null)
                : throw Mistake(entry.Position, $"The output names node '{entry.Event}', which is no event of the pattern.");
        }

        var kept = number >= 0 ? captured[number].Kept : new Schema([]);
        var text = entry.Field is { } name ? new ExpressionText($"`{name}`", entry.Position) : entry.Expression!;
        var bare = kept.IndexOf(entry.Field ?? text.Text);
        if (text.Text.Length == 0)
        {
            return new MatchField(number, -1, null);
        }

        return bare >= 0 && kept.Fields[bare].Type == field.Type
            ? new MatchField(number, bare, null)
            : new MatchField(number, -1, Windows.Compute.FieldWriters.Create(
                new ExpressionCompiler(kept, null, unified: unified), kept, field, text));
    }

    private int[]? Clocks()
    {
        if (pattern.TimeFields.Length == 0)
        {
            return null;
        }

        int[] clocks = [.. sources.Select(_ => -1)];
        foreach (var time in pattern.TimeFields)
        {
            var source = sources.IndexOf(time.Source);
            clocks[Math.Max(0, source)] = source >= 0 && schemas[source].IndexOf(time.Field) is >= 0 and var index
                && schemas[source].Fields[index].Type is FieldType.Date or FieldType.Stamp
                ? schemas[source].IndexOf(time.Field)
                : throw Mistake(time.Position,
                    $"The time field '{time.Field}' must be a date or stamp field of '{time.Source}', an input window.");
        }

        return clocks;
    }

    private long[] Units(int[]? clocks) => clocks is null ? [] :
    [
        .. clocks.Select((field, source) =>
            field >= 0 && schemas[source].Fields[field].Type == FieldType.Date ? TimeSpan.MicrosecondsPerSecond : 1),
    ];

    private static ExpressionException Mistake(TextPosition position, string message) => new("LS2031", position, message);
}
