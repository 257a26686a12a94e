using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Pattern;

/// <summary>What a pattern keeps of one of its events: some of the fields of its source.</summary>
/// <param name="Fields">Where they lie in the source's events.</param>
/// <param name="Kept">Their schema.</param>
internal sealed record CapturedEvent(int[] Fields, Schema Kept);

/// <summary>
/// The open instances of a pattern, as arrays by slot: words of the logic, variables, kept values of matched events and timers.
/// Slots are reused; nothing that leaves the window depends on a slot. An instance's number gives its age.
/// </summary>
internal sealed class PatternInstances
{
    private const long NotOpen = -1;
    private readonly CapturedEvent[] _events;
    private readonly StoreColumn[][] _kept;
    private readonly int _words;
    private long[] _wordValues = [];
    private long[] _numbers = [];
    private ulong[] _hashes = [];
    private int[] _free = [];
    private int _freeCount;
    private int _used;
    private long _number;

    /// <param name="events">The events of the pattern.</param>
    /// <param name="words">Words of an instance, those of matched events included.</param>
    /// <param name="timers">Timers of an instance.</param>
    /// <param name="groups">Its index.</param>
    /// <param name="frame">A frame of the pattern's expressions, for its variables.</param>
    public PatternInstances(CapturedEvent[] events, int words, int timers, InstanceGroups groups, Frame frame)
    {
        (_events, _words, Groups) = (events, words, groups);
        _kept = [.. events.Select(e => e.Kept.Fields.Select(f => StoreColumn.Create(f.Type)).ToArray())];
        Timers = new InstanceTimers(timers);
        Variables = new InstanceVariables(frame);
    }

    public InstanceGroups Groups { get; }

    public InstanceTimers Timers { get; }

    public InstanceVariables Variables { get; }

    /// <summary>How many are open.</summary>
    public int Count { get; private set; }

    /// <summary>Sum of the hashes of all open ones.</summary>
    public ulong Hash { get; private set; }

    /// <summary>Words that say which of so many events were matched.</summary>
    public static int WordsOf(int events) => (events + 63) / 64;

    public ref long Word(int slot, int index) => ref _wordValues[(slot * _words) + index];

    /// <summary>True: the instance has matched the event; the kept values are those of the last time.</summary>
    public bool Has(int slot, int e) => (Word(slot, e >> 6) >> e & 1) != 0;

    /// <summary>A kept field of an event.</summary>
    public StoreColumn Kept(int e, int field) => _kept[e][field];

    /// <summary>Keeps the values of a matched event.</summary>
    public void Capture(int slot, int e, EventBlock block, int row)
    {
        Word(slot, e >> 6) |= 1L << e;
        var (columns, fields) = (_kept[e], _events[e].Fields);
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i].Set(slot, block.Columns[fields[i]], row);
        }
    }

    /// <summary>A slot for an instance that is not open yet, with nothing in it.</summary>
    public int Take()
    {
        if (_freeCount == 0 && _used == _numbers.Length)
        {
            Resize(Math.Max(16, _used * 2));
        }

        var slot = _freeCount > 0 ? _free[--_freeCount] : _used++;
        _numbers[slot] = NotOpen;
        return slot;
    }

    /// <summary>Opens an instance in a slot taken before.</summary>
    public void Open(int slot, int group) => Open(slot, group, _number++);

    /// <summary>Ends an instance and frees its slot.</summary>
    public void Close(int slot)
    {
        Hash -= _hashes[slot];
        Count--;
        Groups.Unlink(slot);
        Clear(slot);
        _free[_freeCount++] = slot;
    }

    /// <summary>Takes out what an instance that is not open has come to.</summary>
    public void Clear(int slot)
    {
        Timers.DisarmAll(slot);
        Variables.Clear(slot);
        for (var e = 0; e < _kept.Length; e++)
        {
            if (Has(slot, e))
            {
                foreach (var column in _kept[e])
                {
                    column.Release(slot);
                }
            }
        }

        _wordValues.AsSpan(slot * _words, _words).Clear();
    }

    /// <summary>Counts a change of an open instance.</summary>
    public void Rehash(int slot)
    {
        Hash -= _hashes[slot];
        _hashes[slot] = HashOf(slot);
        Hash += _hashes[slot];
    }

    public ulong Digest() => StateHash.Combine(Hash, (ulong)_number);

    public void Write(SnapshotWriter writer)
    {
        writer.Write(_number);
        writer.Write(Count);
        var open = OpenByAge();
        var places = new int[_used];
        for (var i = 0; i < open.Length; i++)
        {
            var slot = open[i];
            places[slot] = i;
            writer.Write(_numbers[slot]);
            Groups.Write(slot, writer);
            foreach (var word in _wordValues.AsSpan(slot * _words, _words))
            {
                writer.Write(word);
            }

            Variables.Write(slot, writer);
            ForKept(slot, column => column.Write(slot, writer));
        }

        Timers.Write(writer, places);
    }

    /// <summary>Reads into a store from which no slot was taken yet.</summary>
    public void Read(SnapshotReader reader)
    {
        var number = reader.ReadInt64();
        var count = reader.ReadCount();
        var last = -1L;
        for (var i = 0; i < count; i++)
        {
            var (slot, age) = (Take(), reader.ReadInt64());
            if (age <= last || age >= number)
            {
                throw new SnapshotFormatException("The snapshot is damaged: instances of a pattern are not in order.");
            }

            last = age;
            var group = Groups.Read(reader);
            foreach (ref var word in _wordValues.AsSpan(slot * _words, _words))
            {
                word = reader.ReadInt64();
            }

            Variables.Read(slot, reader);
            ForKept(slot, column => column.Read(slot, reader));
            Open(slot, group, age);
        }

        Timers.Read(reader, count);
        for (var slot = 0; slot < count; slot++)
        {
            Rehash(slot);
        }

        _number = number;
    }

    private void Open(int slot, int group, long number)
    {
        _numbers[slot] = number;
        Count++;
        Groups.Link(slot, group);
        _hashes[slot] = HashOf(slot);
        Hash += _hashes[slot];
    }

    private ulong HashOf(int slot)
    {
        var hash = StateHash.Combine((ulong)_numbers[slot], Groups.HashOf(slot));
        foreach (var word in _wordValues.AsSpan(slot * _words, _words))
        {
            hash = StateHash.Combine(hash, (ulong)word);
        }

        hash = Timers.Hash(slot, Variables.Hash(slot, hash));
        for (var e = 0; e < _kept.Length; e++)
        {
            if (Has(slot, e))
            {
                foreach (var column in _kept[e])
                {
                    hash = StateHash.Combine(hash, column.Hash(slot));
                }
            }
        }

        return hash;
    }

    private int[] OpenByAge()
    {
        var isFree = new bool[_used];
        foreach (var slot in _free.AsSpan(0, _freeCount))
        {
            isFree[slot] = true;
        }

        var open = Enumerable.Range(0, _used).Where(s => !isFree[s] && _numbers[s] != NotOpen).ToArray();
        Array.Sort(open, (a, b) => _numbers[a].CompareTo(_numbers[b]));
        return open;
    }

    private void ForKept(int slot, Action<StoreColumn> act)
    {
        for (var e = 0; e < _kept.Length; e++)
        {
            if (Has(slot, e))
            {
                Array.ForEach(_kept[e], act);
            }
        }
    }

    private void Resize(int capacity)
    {
        Array.Resize(ref _wordValues, capacity * _words);
        Array.Resize(ref _numbers, capacity);
        Array.Resize(ref _hashes, capacity);
        Array.Resize(ref _free, capacity);
        Timers.Resize(capacity);
        Variables.Resize(capacity);
        Groups.Resize(capacity);
        foreach (var column in _kept.SelectMany(c => c))
        {
            column.Resize(capacity);
        }
    }
}
