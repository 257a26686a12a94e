using System.Numerics;
using System.Runtime.InteropServices;
using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Expressions.Columns;

/// <summary>
/// The rows of a block that the column expressions of one window work on, up to <see cref="RowsMax"/> at once, and the memory they
/// work in. Rows for which a column expression does not know the value are marked as doubtful: the compiled function of the
/// row gives it.
/// </summary>
internal sealed class RowChunk
{
    /// <summary>Rows at once: columns of so many numbers stay in the first cache.</summary>
    public const int RowsMax = 512;

    /// <summary>Blocks of fewer rows are done row by row: there the columns cost more than they save.</summary>
    public const int RowsMin = 16;

    /// <summary>Bits in a word of a mask.</summary>
    public const int WordBits = 64;

    /// <summary>Words of a mask with a bit a row.</summary>
    public const int Words = RowsMax / WordBits;

    private readonly ulong[] _doubtful = new ulong[Words];
    private double[][] _registers = [];
    private EventBlock? _block;

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>The first row, within the block.</summary>
    public int Start { get; private set; }

    /// <summary>A bit a row, set where the row's function is to give the value.</summary>
    public Span<ulong> Doubtful => _doubtful;

    /// <summary>Takes the rows from <paramref name="start"/> on, a multiple of 512; no row is doubtful.</summary>
    public void Take(EventBlock block, int start)
    {
        (_block, Start, Count) = (block, start, Math.Min(RowsMax, block.Count - start));
        _doubtful.AsSpan().Clear();
    }

    /// <summary>The values of a field, in the order of the rows; rows where it is null become doubtful.</summary>
    public ReadOnlySpan<T> ValuesOf<T>(int field)
        where T : struct
    {
        var column = _block!.ColumnOf<T>(field);
        var validity = column.Validity[(Start / WordBits)..];
        for (var word = 0; word * WordBits < Count; word++)
        {
            _doubtful[word] |= ~validity[word] & RowsOf(word);
        }

        return column.Values.Slice(Start, Count);
    }

    /// <summary>Memory for a result, by its number; what it holds before is undefined.</summary>
    public Span<T> Register<T>(int register)
        where T : struct
    {
        while (register >= _registers.Length)
        {
            _registers = [.. _registers, new double[RowsMax]];
        }

        return MemoryMarshal.Cast<double, T>(_registers[register].AsSpan())[..Count];
    }

    /// <summary>Marks a row, counted from <see cref="Start"/>, as doubtful.</summary>
    public void Doubt(int row) => _doubtful[row / WordBits] |= 1UL << row;

    /// <summary>The bits of a word that stand for rows.</summary>
    public ulong RowsOf(int word) =>
        Count - (word * WordBits) is >= 0 and < WordBits and var rest ? (1UL << rest) - 1 : ulong.MaxValue;

    /// <summary>The lowest row of a word's bits.</summary>
    public static int Lowest(int word, ulong bits) => (word * WordBits) + BitOperations.TrailingZeroCount(bits);
}
