using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// What compiled expressions of one window run on: the event at hand and the window's variables, which live from event to event and
/// are part of its state. A regular expression's last match is not: it lives for one event.
/// </summary>
internal sealed class Frame(int integers, int reals, int texts, int booleans, int regexes, IEnumerable<ExprType> arrays)
{
    /// <summary>
    /// The work that the loops of one event may do; beyond, the event is a bad one. A round of a small body counts as 1, of a
    /// larger one as more, and so do long texts: see <see cref="Charge"/>.
    /// </summary>
    public const int LoopRoundsMax = 1_000_000;

    // As many characters of text as take about the time of a round.
    private const int CharsPerRound = 64;

    private const long MicrosecondsPerDay = 86_400_000_000;

#pragma warning disable CA1051, SA1401 // Compiled expressions read and write these directly.
    public readonly long?[] Integers = new long?[integers];
    public readonly double?[] Reals = new double?[reals];
    public readonly string?[] Texts = new string?[texts];
    public readonly bool?[] Booleans = new bool?[booleans];
    public readonly RegexValue[] Regexes = [.. Enumerable.Range(0, regexes).Select(_ => new RegexValue())];
    public readonly ArrayValue[] Arrays = [.. arrays.Select(ArrayValue.Of)];
#pragma warning restore CA1051, SA1401

    private EventBlock? _block;
    private long _rounds;
    private long _now;

    /// <summary>The event within its block.</summary>
    public int Row { get; private set; }

    /// <summary>The block whose events come.</summary>
    public EventBlock Block => _block!;

    /// <summary>Takes the block whose events come next.</summary>
    public void Bind(EventBlock? block, long now)
    {
        _block = block;
        _now = now;
    }

    /// <summary>Moves to an event.</summary>
    public void MoveTo(int row)
    {
        Row = row;
        _rounds = 0;
    }

    public long? Integer(int field)
    {
        var column = _block!.ColumnOf<long>(field);
        return column.IsNull(Row) ? null : column[Row];
    }

    public double? Real(int field)
    {
        var column = _block!.ColumnOf<double>(field);
        return column.IsNull(Row) ? null : column[Row];
    }

    public string? Text(int field) => _block!.ColumnOf<string>(field)[Row];

    public double? Money(int field)
    {
        var column = _block!.ColumnOf<decimal>(field);
        return column.IsNull(Row) ? null : (double)column[Row];
    }

    /// <summary>The number of items of an array field; null for a null.</summary>
    public long? ItemCount(int field) => _block!.Columns[field] is Column<double?[]> reals
        ? reals[Row]?.Length
        : _block.ColumnOf<long?[]>(field)[Row]?.Length;

    /// <summary>An item of an array field of doubles, from 1; null when there is none.</summary>
    public double? RealItem(int field, long? index) => ItemAt(_block!.ColumnOf<double?[]>(field)[Row], index);

    /// <summary>An item of an array field of whole numbers, from 1; null when there is none.</summary>
    public long? IntegerItem(int field, long? index) => ItemAt(_block!.ColumnOf<long?[]>(field)[Row], index);

    public double? Date(int field) => Integer(field) / 86_400.0;

    public double? Stamp(int field) => Integer(field) / (double)MicrosecondsPerDay;

    /// <summary>ESP_OPCODE.</summary>
    public string? OpcodeText() => EventText.Of(_block!.Opcodes[Row]);

    /// <summary>ESP_FLAGS.</summary>
    public string? FlagsText() => EventText.Of(_block!.Flags[Row]);

    /// <summary>The step's stream time in days since 1970-01-01.</summary>
    public double? Today() => _now / (double)MicrosecondsPerDay;

    /// <summary>Counts a round of a loop, or a jump.</summary>
    /// <param name="work">What it counts.</param>
    /// <exception cref="LoopLimitException">The event took too much work.</exception>
    public void CountRound(int work)
    {
        _rounds += work;
        if (_rounds > LoopRoundsMax)
        {
            throw new LoopLimitException();
        }
    }

    /// <summary>Counts work on texts. It never fails itself: what has no loop is bounded by its length.</summary>
    public void Charge(long chars) => _rounds += chars / CharsPerRound;

    /// <summary>True: there are variables, which are state.</summary>
    public bool HasVariables => Integers.Length + Reals.Length + Booleans.Length + Texts.Length + Regexes.Length + Arrays.Length > 0;

    /// <summary>Hash of all variables.</summary>
    public ulong Digest()
    {
        var hash = 0UL;
        foreach (var value in Integers)
        {
            hash = StateHash.Combine(hash, value is { } v ? ColumnHash.Of(v) : StateHash.Null);
        }

        foreach (var value in Reals)
        {
            hash = StateHash.Combine(hash, value is { } v ? ColumnHash.Of(v) : StateHash.Null);
        }

        foreach (var value in Booleans)
        {
            hash = StateHash.Combine(hash, value is { } v ? (v ? 2UL : 1UL) : StateHash.Null);
        }

        foreach (var value in Texts.Concat(Regexes.Select(r => r.Text)))
        {
            hash = StateHash.Combine(hash, value is { } v ? StateHash.Of(v) : StateHash.Null);
        }

        foreach (var array in Arrays)
        {
            hash = StateHash.Combine(hash, array.Digest());
        }

        return hash;
    }

    public void WriteState(SnapshotWriter writer)
    {
        Array.ForEach(Integers, v => WriteOptional(writer, v, writer.Write));
        Array.ForEach(Reals, v => WriteOptional(writer, v, writer.Write));
        Array.ForEach(Booleans, v => WriteOptional(writer, v, writer.Write));
        Array.ForEach(Texts, writer.Write);
        Array.ForEach(Regexes, r => writer.Write(r.Text));
        Array.ForEach(Arrays, a => a.WriteState(writer));
    }

    public void ReadState(SnapshotReader reader)
    {
        ReadAll(Integers, () => reader.ReadBool() ? reader.ReadInt64() : null);
        ReadAll(Reals, () => reader.ReadBool() ? reader.ReadDouble() : null);
        ReadAll(Booleans, () => reader.ReadBool() ? reader.ReadBool() : null);
        ReadAll(Texts, reader.ReadText);
        Array.ForEach(Regexes, r => r.Compile(null, reader.ReadText()));
        Array.ForEach(Arrays, a => a.ReadState(reader));
    }

    private static T? ItemAt<T>(T?[]? items, long? index)
        where T : struct => index is >= 1 && index <= items?.Length ? items[index.Value - 1] : null;

    private static void WriteOptional<T>(SnapshotWriter writer, T? value, Action<T> write)
        where T : struct
    {
        writer.Write(value.HasValue);
        if (value is { } present)
        {
            write(present);
        }
    }

    private static void ReadAll<T>(T[] values, Func<T> read)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = read();
        }
    }
}
