using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows.Scripts;
using Lockstep.Scripting;

namespace Lockstep.Engine.Windows.Pattern;

/// <summary>An event of a pattern that a function tests.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Function">The function.</param>
/// <param name="Source">Name of the window it comes from.</param>
/// <param name="IsList">True: an instance matches it several times, and functions see a list.</param>
/// <param name="Fields">All fields of its source.</param>
internal sealed record ScriptedEvent(string Name, string Function, string Source, bool IsList, int[] Fields);

/// <summary>
/// The script of a pattern. A test is given the event and a context: <c>data</c> holds what earlier tests of the instance gave,
/// <c>events</c> what it has matched. It gives whether the event matches, and values that join the data. Both are kept as JSON in text
/// variables of the instance: data first, then the events by their number.
/// </summary>
internal sealed class PatternScript(WindowScript script, string window, ScriptedEvent[] events)
{
    public WindowScript Script => script;

    public EventTest TestOf(int number) => frame => Passes(number, frame);

    /// <summary>Matches whose events a function makes of the context.</summary>
    public PatternOutput OutputTo(Schema schema, string function, Frame frame) => new ScriptOutput(this, schema, function, frame);

    private bool Passes(int number, Frame frame)
    {
        var e = events[number];
        var values = ScriptEvents.ToMap(frame.Block, frame.Row, e.Fields);
        var answer = (List<object?>)script.Call(frame.Row, e.Function, 2, values, ContextOf(frame, e.Source))!;
        if (answer.Count == 0 || answer[0] is null or false or 0L or 0.0)
        {
            return false;
        }

        if (answer.Count > 1 && answer[1] is Dictionary<string, object?> more)
        {
            var data = DataOf(frame);
            foreach (var (name, value) in more)
            {
                data[name] = value;
            }

            frame.Texts[0] = ScriptText.Of(data);
        }

        var matched = e.IsList && frame.Texts[number + 1] is { } text ? (List<object?>)LenientJson.Parse(text)! : [];
        matched.Add(values);
        frame.Texts[number + 1] = ScriptText.Of(matched);
        return true;
    }

    private Dictionary<string, object?> ContextOf(Frame frame, string input)
    {
        var seen = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var i = 0; i < events.Length; i++)
        {
            if (frame.Texts[i + 1] is { } text && LenientJson.Parse(text) is List<object?> matched)
            {
                seen[events[i].Name] = events[i].IsList ? matched : matched[^1];
            }
        }

        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["data"] = DataOf(frame),
            ["events"] = seen,
            ["input"] = input,
            ["window"] = window,
        };
    }

    private static Dictionary<string, object?> DataOf(Frame frame) => frame.Texts[0] is { } text
        ? (Dictionary<string, object?>)LenientJson.Parse(text)! : new Dictionary<string, object?>(StringComparer.Ordinal);

    private sealed class ScriptOutput(PatternScript owner, Schema schema, string function, Frame frame) : PatternOutput
    {
        private readonly ScriptEmitter _emitter = new(schema, new CopiedFields([], Excludes: false), []);
        private readonly string _key = schema.Fields[schema.KeyIndexes[0]].Name;

        public override void Write(PatternInstances instances, int slot, EventBlock output, long key, long now)
        {
            instances.Variables.Load(slot, frame);
            try
            {
                var result = owner.Script.Call(-1, function, 1, owner.ContextOf(frame, ""));
                foreach (var values in ScriptEvents.MapsOf(result).Take(1))
                {
                    values[_key] = key;
                    _emitter.Append(output, values, Opcode.Insert, null, 0, -1);
                }
            }
            catch (ScriptException error)
            {
                owner.Script.ReportBadEvent($"{error.Message} Dropped: match {key}.");
            }
        }
    }
}
