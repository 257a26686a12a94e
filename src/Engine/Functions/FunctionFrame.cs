using System.Xml.XPath;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Functions;

/// <summary>
/// What the functions of one window run on: the event at hand, results and properties, and counters that are window state.
/// </summary>
/// <param name="slots">How many named results there are.</param>
/// <param name="properties">Properties and compiled expressions of all contexts.</param>
internal sealed class FunctionFrame(int slots, ContextProperty[] properties)
{
    /// <summary>
    /// What eventCounter() gives for a window's first event. No published result shows it; change it here.
    /// </summary>
    public const long EventCounterStart = 1;

    private const int CacheLimit = 256;

    private readonly Variant[] _results = new Variant[slots];
    private readonly Variant[] _values = new Variant[properties.Length];
    private readonly PropertyState[] _states = new PropertyState[properties.Length];
    private EventBlock? _block;
    private int _input;
    private int _row;
    private long _counted;
    private long _eventNumber;
    private ulong _draws;
    private StepTime _time;
    private (string Text, XmlValue? Document) _xml = ("", null);
    private (string Text, JsonValue? Document) _json = ("", null);

    private enum PropertyState : byte
    {
        Unknown,
        TextKnown,
        Making,
        Made,
    }

    /// <summary>Compiled XPath by text.</summary>
    public BoundedCache<XPathExpression> XPaths { get; } = new(CacheLimit, XmlDocuments.Compile);

    /// <summary>JSON paths by text.</summary>
    public BoundedCache<JsonPath> JsonPaths { get; } = new(CacheLimit, JsonPath.Parse);

    /// <summary>Regular expressions by text.</summary>
    public BoundedCache<RegexPattern> Regexes { get; } = new(CacheLimit, RegexFunctions.Compile);

    /// <summary>Date formats by text.</summary>
    public BoundedCache<DateFormat> DateFormats { get; } =
        new(CacheLimit, static text => DateFormat.TryParse(text, out var format, out _) ? format : null);

    /// <summary>Name of the window the event came from.</summary>
    public string InputName { get; private set; } = "";

    /// <summary>The step's stream time in microseconds.</summary>
    public long Now => _time.StreamTime;

    /// <summary>Number of the event among those counted; deletes are not.</summary>
    public long EventCounter => EventCounterStart + _counted - 1;

    /// <summary>Takes the block whose events come next, and the input it came over.</summary>
    public void Bind(EventBlock block, int input, string inputName, StepTime time)
    {
        _block = block;
        _input = input;
        InputName = inputName;
        _time = time;
    }

    /// <summary>Moves to an event; deletes are not counted.</summary>
    public void MoveTo(int row, bool counts)
    {
        _row = row;
        _eventNumber = 0;
        if (counts)
        {
            _counted++;
        }
    }

    /// <summary>Numbers the calls within one input event, from 0.</summary>
    public long NextEventNumber() => _eventNumber++;

    /// <summary>A number that the step and the calls before it decide: the same on every member of a group.</summary>
    public ulong Draw() => StateHash.Combine(
        StateHash.Combine((ulong)_time.Epoch, (ulong)_time.Sequence), ++_draws);

    /// <summary>A named result.</summary>
    public Variant Result(int slot) => _results[slot];

    /// <summary>Sets a named result.</summary>
    public void SetResult(int slot, Variant value) => _results[slot] = value;

    /// <summary>A field of the event by its index in each input; null where the input has none.</summary>
    public Variant Field(int[] indexes)
    {
        var index = indexes[_input];
        return index < 0 ? Variant.Null : _block!.Columns[index] switch
        {
            Column<long> c => c.IsNull(_row) ? Variant.Null : Variant.Of(c[_row]),
            Column<double> c => c.IsNull(_row) ? Variant.Null : Variant.Of(c[_row]),
            Column<decimal> c => c.IsNull(_row) ? Variant.Null : Variant.Of((double)c[_row]),
            Column<string> c => Variant.Of(c[_row]),
            _ => Variant.Null,
        };
    }

    /// <summary>Forgets properties, and takes the texts that functions must not change any more.</summary>
    public void ResetProperties(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (properties[i].IsEager)
            {
                _values[i] = properties[i].Body!.Evaluate(this);
                _states[i] = PropertyState.TextKnown;
            }
            else if (!properties[i].IsConstant)
            {
                _states[i] = PropertyState.Unknown;
            }
        }
    }

    /// <summary>Sets a property that has no text of its own.</summary>
    public void SetProperty(int property, Variant value)
    {
        _values[property] = value;
        _states[property] = PropertyState.Made;
    }

    /// <summary>A property, made at its first use; null for one that needs itself.</summary>
    public Variant Property(int property)
    {
        if (_states[property] is PropertyState.Made or PropertyState.Making)
        {
            return _states[property] == PropertyState.Made ? _values[property] : Variant.Null;
        }

        var known = _states[property] == PropertyState.TextKnown;
        _states[property] = PropertyState.Making;
        var text = known ? _values[property] : properties[property].Body?.Evaluate(this) ?? Variant.Null;
        _values[property] = properties[property].Make(text, this);
        _states[property] = PropertyState.Made;
        return _values[property];
    }

    /// <summary>The document of a text; the last one is kept, since several functions ask the same field.</summary>
    public XmlValue? ParseXml(string? text)
    {
        if (text is not null && !ReferenceEquals(text, _xml.Text))
        {
            _xml = (text, XmlDocuments.Parse(text));
        }

        return text is null ? null : _xml.Document;
    }

    /// <summary>The document of a text; the last one is kept.</summary>
    public JsonValue? ParseJson(string? text)
    {
        if (text is not null && !ReferenceEquals(text, _json.Text))
        {
            _json = (text, JsonPath.ParseDocument(text));
        }

        return text is null ? null : _json.Document;
    }

    public ulong Digest() => StateHash.Combine((ulong)_counted, _draws);

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_counted);
        writer.Write(_draws);
    }

    public void ReadState(SnapshotReader reader)
    {
        _counted = reader.ReadInt64();
        _draws = reader.ReadUInt64();
    }
}
