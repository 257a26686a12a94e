using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Functions;
using Lockstep.Engine.Windows.Functional;

namespace Lockstep.Engine.Execution;

/// <summary>A function context, compiled.</summary>
/// <param name="Functions">Its functions in document order.</param>
/// <param name="Properties">Which of the window's properties are its own.</param>
internal sealed record CompiledContext(NamedFunction[] Functions, PropertyRange Properties);

/// <summary>Compiles the contexts and loops of one functional window; what is wrong goes to the problems.</summary>
/// <param name="path"><c>contquery/window</c>.</param>
/// <param name="inputs">Schemas of the windows in front.</param>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="names">Names of all functions, loops' too.</param>
internal sealed class FunctionCompiler(
    string path, ImmutableArray<Schema> inputs, ProblemList problems, IEnumerable<string> names)
{
    private readonly FunctionScope _scope = new(inputs, (code, position, message) => problems.Warning(code, path, position, message));
    private readonly string[] _names = [.. names.Distinct(StringComparer.Ordinal)];

    /// <summary>True when something did not compile.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>How many named results there are.</summary>
    public int SlotCount => _scope.SlotCount;

    /// <summary>All properties.</summary>
    public ContextProperty[] Properties => _scope.Properties;

    /// <summary>The slot of a name.</summary>
    public int SlotOf(string name) => _scope.SlotOf(name);

    /// <summary>Compiles a context: expressions, properties in any order, then functions in theirs.</summary>
    public CompiledContext Context(FunctionContextDefinition definition)
    {
        var from = _scope.PropertyCount;
        foreach (var expression in definition.Expressions)
        {
            var pattern = Pattern(expression.Body);
            var node = new ConstantFunction(pattern is null ? Variant.Null : Variant.Of(pattern));
            _scope.Define(_scope.Declare(expression.Name), new ContextProperty(null, node, readsFieldsOnly: true), isPure: true);
        }

        var first = _scope.PropertyCount;
        foreach (var property in definition.Properties)
        {
            _scope.Declare(property.Name);
        }

        _scope.SetLater(definition.Functions.Select(f => f.Name));
        for (var i = 0; i < definition.Properties.Length; i++)
        {
            var property = definition.Properties[i];
            var body = Parse(property.Body) ?? new ConstantFunction(Variant.Null);
            _scope.Define(first + i, new ContextProperty(property, body, body.ReadsFieldsOnly), body.IsPure);
        }

        _scope.SetLater([]);
        var functions = new List<NamedFunction>();
        foreach (var function in definition.Functions)
        {
            if (Parse(function.Body) is { } node)
            {
                functions.Add(new NamedFunction(_scope.SlotOf(function.Name), node));
            }

            _scope.Assign(function.Name);
        }

        return new CompiledContext([.. functions], new PropertyRange(from, _scope.PropertyCount));
    }

    /// <summary>Compiles a function that may be missing.</summary>
    public FunctionNode? Optional(ExpressionText? text) => text is null ? null : Parse(text);

    /// <summary>
    /// What is set at each event's start. In a loop a name means its last result, which another loop may have left; before that
    /// the field of its name.
    /// </summary>
    public SeededSlot[] Seeds(FunctionalWindowDefinition definition)
    {
        if (definition.Loops.IsEmpty)
        {
            return [.. _scope.LateSlots.Select(s => new SeededSlot(s, null))];
        }

        var computed = definition.Context.Functions.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        var seeds = new List<SeededSlot>();
        foreach (var name in _names.Concat(definition.Loops.Select(l => l.Data)).Where(n => n.Length > 0).Distinct(StringComparer.Ordinal))
        {
            _scope.Assign(name);
            if (!computed.Contains(name))
            {
                seeds.Add(new SeededSlot(_scope.SlotOf(name), _scope.FieldOf(name)));
            }
        }

        return [.. seeds, .. _scope.LateSlots.Select(s => new SeededSlot(s, null))];
    }

    /// <summary>Compiles a loop; null when it does not compile.</summary>
    public FunctionalLoop? Loop(EventLoopDefinition definition, Schema schema)
    {
        var use = Parse(definition.Use);
        var parts = Parts(definition);
        var context = _scope.Declare("_context");
        _scope.Define(context, new ContextProperty(null, null, readsFieldsOnly: false), isPure: false);
        var compiled = Context(definition.Context);
        _scope.Hide(context);
        if (use is null || parts is null)
        {
            HasFailed = true;
            return null;
        }

        var functions = definition.Context.Functions.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        return new FunctionalLoop(
            definition, use, parts, definition.Data.Length > 0 ? _scope.SlotOf(definition.Data) : -1, context, compiled.Properties,
            compiled.Functions, [.. schema.Fields.Select(f => functions.Contains(f.Name) ? _scope.SlotOf(f.Name) : -1)]);
    }

    private LoopParts? Parts(EventLoopDefinition loop)
    {
        switch (loop.Kind)
        {
            case EventLoopKind.Xml when XmlDocuments.Compile(loop.Path.Text) is { } found:
                return new XmlParts(found);
            case EventLoopKind.Json when JsonPath.Parse(loop.Path.Text) is { } steps:
                return new JsonParts(steps);
            case EventLoopKind.Regex:
                return RegexOf(loop.Path) is { } pattern ? new RegexParts(pattern, loop.Group) : null;
            default:
                problems.Error("LS2207", path, loop.Path.Position, $"'{loop.Path.Text}' is not a path that can be read.");
                return null;
        }
    }

    // A loop may name a compiled expression of the window's context.
    private RegexPattern? RegexOf(ExpressionText text) =>
        text.Text.StartsWith('#') && Parse(text) is PropertyFunction property
            ? (_scope.Properties[property.Index].Body as ConstantFunction)?.Value.Context as RegexPattern ?? Pattern(text)
            : Pattern(text);

    private RegexPattern? Pattern(ExpressionText text)
    {
        var pattern = RegexFunctions.Compile(text.Text);
        if (pattern is null)
        {
            problems.Error("LS2206", path, text.Position,
                $"'{text.Text}' is not a regular expression that can be matched without backtracking.");
            HasFailed = true;
        }

        return pattern;
    }

    private FunctionNode? Parse(ExpressionText text)
    {
        var node = problems.Try(path, () => FunctionParser.Parse(text, _scope));
        HasFailed |= node is null;
        return node;
    }
}
