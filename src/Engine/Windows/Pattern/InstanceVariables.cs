using Lockstep.Engine.Expressions;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Pattern;

/// <summary>The variables of a pattern's instances by slot; null: not bound yet.</summary>
internal sealed class InstanceVariables(Frame frame)
{
    private readonly int _wholes = frame.Integers.Length;
    private readonly int _reals = frame.Reals.Length;
    private readonly int _texts = frame.Texts.Length;
    private readonly int _truths = frame.Booleans.Length;
    private long?[] _wholeValues = [];
    private double?[] _realValues = [];
    private string?[] _textValues = [];
    private bool?[] _truthValues = [];

    public void Resize(int capacity)
    {
        Array.Resize(ref _wholeValues, capacity * _wholes);
        Array.Resize(ref _realValues, capacity * _reals);
        Array.Resize(ref _textValues, capacity * _texts);
        Array.Resize(ref _truthValues, capacity * _truths);
    }

    public void Load(int slot, Frame target)
    {
        Copy(_wholeValues, slot * _wholes, target.Integers, 0, _wholes);
        Copy(_realValues, slot * _reals, target.Reals, 0, _reals);
        Copy(_textValues, slot * _texts, target.Texts, 0, _texts);
        Copy(_truthValues, slot * _truths, target.Booleans, 0, _truths);
    }

    public void Save(int slot, Frame source)
    {
        Copy(source.Integers, 0, _wholeValues, slot * _wholes, _wholes);
        Copy(source.Reals, 0, _realValues, slot * _reals, _reals);
        Copy(source.Texts, 0, _textValues, slot * _texts, _texts);
        Copy(source.Booleans, 0, _truthValues, slot * _truths, _truths);
    }

    public void Clear(int slot)
    {
        _wholeValues.AsSpan(slot * _wholes, _wholes).Clear();
        _realValues.AsSpan(slot * _reals, _reals).Clear();
        _textValues.AsSpan(slot * _texts, _texts).Clear();
        _truthValues.AsSpan(slot * _truths, _truths).Clear();
    }

    public ulong Hash(int slot, ulong hash)
    {
        foreach (var value in _wholeValues.AsSpan(slot * _wholes, _wholes))
        {
            hash = StateHash.Combine(hash, value is { } v ? ColumnHash.Of(v) : StateHash.Null);
        }

        foreach (var value in _realValues.AsSpan(slot * _reals, _reals))
        {
            hash = StateHash.Combine(hash, value is { } v ? ColumnHash.Of(v) : StateHash.Null);
        }

        foreach (var value in _textValues.AsSpan(slot * _texts, _texts))
        {
            hash = StateHash.Combine(hash, value is { } v ? StateHash.Of(v) : StateHash.Null);
        }

        foreach (var value in _truthValues.AsSpan(slot * _truths, _truths))
        {
            hash = StateHash.Combine(hash, value is { } v ? (v ? 2UL : 1UL) : StateHash.Null);
        }

        return hash;
    }

    /// <summary>Writes the variables of an instance, by way of a frame.</summary>
    public void Write(int slot, SnapshotWriter writer)
    {
        Load(slot, frame);
        frame.WriteState(writer);
    }

    public void Read(int slot, SnapshotReader reader)
    {
        frame.ReadState(reader);
        Save(slot, frame);
    }

    // Most patterns have a variable or two: a loop is quicker than a call for each array.
    private static void Copy<T>(T[] source, int from, T[] target, int to, int count)
    {
        for (var i = 0; i < count; i++)
        {
            target[to + i] = source[from + i];
        }
    }
}
