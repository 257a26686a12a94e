using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Functions;
using Lockstep.Engine.Windows;
using Lockstep.Engine.Windows.Functional;

namespace Lockstep.Engine.Execution;

/// <summary>
/// Makes events of texts that come from outside (answers of a web server, messages), by the functions and loops of a url
/// connector: what a functional window does with a field, with the text as <c>#_content</c>. Not thread safe.
/// </summary>
public sealed class ContentReader
{
    private const string Content = "_content";

    private static readonly Schema Input = new([new Field(Content, FieldType.String, IsKey: true)]);

    private readonly EventBlock _input = new(Input, 1);
    private readonly StepScope _step = new();
    private readonly FunctionalWindow _window;
    private readonly FunctionNode[] _urls;
    private readonly FunctionFrame _frame;

    private ContentReader(FunctionalWindow window, FunctionNode[] urls, FunctionFrame frame) =>
        (_window, _urls, _frame) = (window, urls, frame);

    /// <summary>Compiles a publisher.</summary>
    /// <param name="publisher">What its configuration says.</param>
    /// <param name="schema">Schema of the window that takes the events.</param>
    /// <param name="problems">Takes what is wrong, with places in the configuration.</param>
    /// <returns>Null when there is an error.</returns>
    public static ContentReader? Create(UrlPublisherDefinition publisher, Schema schema, out ImmutableArray<Problem> problems)
    {
        var found = new ProblemList(publisher.Name);
        var factory = new FunctionalFactory("publisher", found);
        var place = new ExpressionText($"${Content}", default);
        var definition = new FunctionalWindowDefinition
        {
            Name = publisher.Name,
            Opcode = publisher.Opcode,
            Generate = publisher.Generate,
            Loops = publisher.Loops,
            Context = publisher.Context with
            {
                Properties = [new ContextPropertyDefinition(Content, ContextPropertyKind.Text, place), .. publisher.Context.Properties],
            },
        };
        var compiled = factory.Compile(definition, schema, [Input], [publisher.Name], keysMayMiss: true);
        var scope = new FunctionScope([], (code, position, message) => found.Warning(code, publisher.Name, position, message));
        var urls = publisher.Requests.Select(r => found.Try(publisher.Name, () => FunctionParser.Parse(r.Url, scope))).ToArray();
        problems = found.ToImmutable();
        return compiled is null || urls.Contains(null)
            ? null
            : new ContentReader(
                new FunctionalWindow(publisher.Name, schema, compiled.Model, compiled.Frame, rows: null),
                [.. urls.Select(u => u!)], new FunctionFrame(0, []));
    }

    /// <summary>The address of a request, evaluated now.</summary>
    /// <param name="request">Its index.</param>
    /// <param name="time">What functions see as time, and the seed of random values.</param>
    public string? Url(int request, StepTime time)
    {
        _frame.Bind(_input, 0, "", time);
        return _urls[request].Evaluate(_frame).ToText();
    }

    /// <summary>Appends the events of a text.</summary>
    /// <param name="content">The text.</param>
    /// <param name="time">What functions see as time, and the seed of random values; times must not go back.</param>
    /// <param name="target">A block of the schema.</param>
    /// <param name="onBad">Told of events that could not be made.</param>
    public void Read(string content, StepTime time, EventBlock target, Action<string> onBad)
    {
        _step.Begin(time);
        _step.Attach(new Reports(onBad));
        _input.Clear();
        _input.AppendObjects(Opcode.Insert, EventFlags.None, content);
        _window.Process(_input, 0, _step);
        target.AppendAll(_window.Output);
        _window.Output.Clear();
    }

    private sealed class Reports(Action<string> onBad) : IWindowOutput
    {
        public void OnBlock(WindowId window, EventBlock block)
        {
        }

        public void OnBadEvent(WindowId window, string message) => onBad(message);
    }
}
