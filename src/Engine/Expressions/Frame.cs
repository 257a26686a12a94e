using Lockstep.Contracts.Events;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// What compiled expressions of one window run on: the event at hand and the window's variables, which live from
/// event
/// to event and are part of its state. A regular expression's last match is not: it lives for one event.
/// </summary>
internal sealed class Frame(int integers, int reals, int texts, int booleans, int regexes)
{
    /// <summary>Loop rounds that one event may take; beyond, the event is a bad one.</summary>
    public const int LoopRoundsMax = 1_000_000;

    private const long MicrosecondsPerDay = 86_400_000_000;

#pragma warning disable CA1051, SA1401 // Compiled expressions read and write these directly.
    public readonly long?[] Integers = new long?[integers];
    public readonly double?[] Reals = new double?[reals];
    public readonly string?[] Texts = new string?[texts];
    public readonly bool?[] Booleans = new bool?[booleans];
    public readonly RegexValue[] Regexes = [.. Enumerable.Range(0, regexes).Select(_ => new RegexValue())];
#pragma warning restore CA1051, SA1401

    private EventBlock? _block;
    private int _rounds;
    private long _now;

    /// <summary>The event within its block.</summary>
    public int Row { get; private set; }

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

    public double? Date(int field) => Integer(field) / 86_400.0;

    public double? Stamp(int field) => Integer(field) / (double)MicrosecondsPerDay;

    /// <summary>ESP_OPCODE.</summary>
    public string? OpcodeText() => EventText.Of(_block!.Opcodes[Row]);

    /// <summary>ESP_FLAGS.</summary>
    public string? FlagsText() => EventText.Of(_block!.Flags[Row]);

    /// <summary>The step's stream time in days since 1970-01-01.</summary>
    public double? Today() => _now / (double)MicrosecondsPerDay;

    /// <summary>Counts a round of a loop.</summary>
    /// <exception cref="LoopLimitException">The event took too many.</exception>
    public void CountRound()
    {
        if (++_rounds > LoopRoundsMax)
        {
            throw new LoopLimitException();
        }
    }

    /// <summary>True: there are variables, which are state.</summary>
    public bool HasVariables => Integers.Length + Reals.Length + Booleans.Length + Texts.Length + Regexes.Length > 0;

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

        foreach (var value in Texts.Concat(Regexes.Select(r => r.Pattern)))
        {
            hash = StateHash.Combine(hash, value is { } v ? StateHash.Of(v) : StateHash.Null);
        }

        return hash;
    }

    public void WriteState(SnapshotWriter writer)
    {
        Array.ForEach(Integers, v => WriteOptional(writer, v, writer.Write));
        Array.ForEach(Reals, v => WriteOptional(writer, v, writer.Write));
        Array.ForEach(Booleans, v => WriteOptional(writer, v, writer.Write));
        Array.ForEach(Texts, writer.Write);
        Array.ForEach(Regexes, r => writer.Write(r.Pattern));
    }

    public void ReadState(SnapshotReader reader)
    {
        ReadAll(Integers, () => reader.ReadBool() ? reader.ReadInt64() : null);
        ReadAll(Reals, () => reader.ReadBool() ? reader.ReadDouble() : null);
        ReadAll(Booleans, () => reader.ReadBool() ? reader.ReadBool() : null);
        ReadAll(Texts, reader.ReadText);
        Array.ForEach(Regexes, r => r.Compile(reader.ReadText()));
    }

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
