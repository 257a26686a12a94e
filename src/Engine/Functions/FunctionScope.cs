using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Functions;

/// <summary>
/// What names mean while functions are parsed: <c>$name</c> is the last result of that name, else a field of the event;
/// <c>#name</c> a property, an event loop's first.
/// </summary>
/// <param name="inputs">Schemas of the windows in front.</param>
/// <param name="warn">Told of names that mean nothing: code, place, message.</param>
internal sealed class FunctionScope(ImmutableArray<Schema> inputs, Action<string, TextPosition, string> warn)
{
    private readonly List<string> _slots = [];
    private readonly HashSet<string> _results = new(StringComparer.Ordinal);
    private readonly HashSet<string> _later = new(StringComparer.Ordinal);
    private readonly HashSet<string> _late = new(StringComparer.Ordinal);
    private readonly List<ContextProperty?> _properties = [];
    private readonly List<string> _propertyNames = [];
    private readonly List<bool> _propertyPurity = [];

    /// <summary>How many named results there are.</summary>
    public int SlotCount => _slots.Count;

    /// <summary>How many properties there are so far.</summary>
    public int PropertyCount => _properties.Count;

    /// <summary>All properties, once all contexts are parsed.</summary>
    public ContextProperty[] Properties => [.. _properties.Select(p => p!)];

    /// <summary>The slot of a result; a new one for a new name.</summary>
    public int SlotOf(string name)
    {
        var index = _slots.IndexOf(name);
        if (index < 0)
        {
            index = _slots.Count;
            _slots.Add(name);
        }

        return index;
    }

    /// <summary>Index of a field in each input, -1 where it is none; null when no input has it.</summary>
    public int[]? FieldOf(string name)
    {
        var indexes = inputs.Select(i => i.IndexOf(name)).ToArray();
        return Array.Exists(indexes, i => i >= 0) ? indexes : null;
    }

    /// <summary>From here on a name means a result.</summary>
    public void Assign(string name) => _results.Add(name);

    /// <summary>
    /// Names of functions that have not run when properties are parsed: a property that asks for one waits for its first use.
    /// </summary>
    public void SetLater(IEnumerable<string> names)
    {
        _later.Clear();
        _later.UnionWith(names);
    }

    /// <summary>Results that properties may ask for before they are computed: to be forgotten at each event's start.</summary>
    public IEnumerable<int> LateSlots => _late.Order(StringComparer.Ordinal).Select(SlotOf);

    /// <summary>Makes room for a property, so that others can refer to it whatever their order.</summary>
    public int Declare(string name)
    {
        _properties.Add(null);
        _propertyNames.Add(name);
        _propertyPurity.Add(false);
        return _properties.Count - 1;
    }

    /// <summary>Sets a declared property.</summary>
    public void Define(int index, ContextProperty property, bool isPure)
    {
        _properties[index] = property;
        _propertyPurity[index] = isPure;
    }

    /// <summary>Ends the scope of properties from an index on.</summary>
    public void Hide(int from)
    {
        for (var i = from; i < _propertyNames.Count; i++)
        {
            _propertyNames[i] = "";
        }
    }

    /// <summary>What <c>$name</c> means here.</summary>
    public FunctionNode Reference(string name, TextPosition position)
    {
        if (_results.Contains(name))
        {
            return new ResultFunction(SlotOf(name));
        }

        if (FieldOf(name) is { } field)
        {
            return new FieldFunction(field);
        }

        if (_later.Contains(name))
        {
            _late.Add(name);
            return new ResultFunction(SlotOf(name));
        }

        warn("LS2203", position, $"'${name}' is neither a field of the input nor a function before this one; it is null.");
        return new ConstantFunction(Variant.Null);
    }

    /// <summary>What <c>#name</c> means here.</summary>
    public FunctionNode Property(string name, TextPosition position)
    {
        var index = _propertyNames.LastIndexOf(name);
        if (index >= 0)
        {
            return new PropertyFunction(index, _propertyPurity[index]);
        }

        warn("LS2205", position, $"'#{name}' is neither a property nor an expression of the function context; it is null.");
        return new ConstantFunction(Variant.Null);
    }
}
