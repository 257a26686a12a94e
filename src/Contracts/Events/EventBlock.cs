using System.Runtime.InteropServices;

namespace Lockstep.Contracts.Events;

/// <summary>
/// Events of one schema that are handled together, as columns: arrays of opcodes and flags and one column a field.
/// A block belongs to whoever made it and is valid until its owner clears it (a window: at its next step);
/// who keeps events longer copies them. Update block and delete of one update always stand next to each other.
/// Not thread safe.
/// </summary>
public sealed class EventBlock
{
    private readonly Column[] _columns;
    private Opcode[] _opcodes;
    private EventFlags[] _flags;

    /// <summary>Makes an empty block.</summary>
    /// <param name="schema">The schema of its events.</param>
    /// <param name="capacity">Events to make room for; it grows beyond.</param>
    public EventBlock(Schema schema, int capacity = 16)
    {
        Schema = schema;
        _columns = new Column[schema.Fields.Length];
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i] = Column.Create(schema.Fields[i].Type, capacity);
        }

        _opcodes = new Opcode[Math.Max(capacity, 1)];
        _flags = new EventFlags[_opcodes.Length];
    }

    /// <summary>The schema of its events.</summary>
    public Schema Schema { get; }

    /// <summary>How many events.</summary>
    public int Count { get; private set; }

    /// <summary>True when one bad event throws the whole block away.</summary>
    public bool IsTransactional { get; set; }

    /// <summary>The opcodes in order.</summary>
    public ReadOnlySpan<Opcode> Opcodes => _opcodes.AsSpan(0, Count);

    /// <summary>The flags in order.</summary>
    public ReadOnlySpan<EventFlags> Flags => _flags.AsSpan(0, Count);

    /// <summary>The columns in the order of the schema's fields. Each holds <see cref="Count"/> values between appends.</summary>
    public ReadOnlySpan<Column> Columns => _columns;

    /// <summary>Column <paramref name="index"/> by its storage type.</summary>
    /// <exception cref="InvalidCastException">The column has another storage type.</exception>
    public Column<T> ColumnOf<T>(int index) => (Column<T>)_columns[index];

    /// <summary>
    /// Appends an event's opcode and flags. The caller appends one value to each column, before or after;
    /// <see cref="Validate"/> tells whether that was done.
    /// </summary>
    public void Append(Opcode opcode, EventFlags flags = EventFlags.None)
    {
        Reserve(1);
        _opcodes[Count] = opcode;
        _flags[Count] = flags;
        Count++;
    }

    /// <summary>Appends the opcodes and flags of several events; the caller appends as many values to each column.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public void AppendAll(ReadOnlySpan<Opcode> opcodes, ReadOnlySpan<EventFlags> flags)
    {
        if (opcodes.Length != flags.Length)
        {
            throw new ArgumentException($"{opcodes.Length} opcodes for {flags.Length} flags.", nameof(flags));
        }

        Reserve(opcodes.Length);
        opcodes.CopyTo(_opcodes.AsSpan(Count));
        flags.CopyTo(_flags.AsSpan(Count));
        Count += opcodes.Length;
    }

    /// <summary>Appends all events of a block with the same field types as they are.</summary>
    public void AppendAll(EventBlock source)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].AppendAll(source._columns[i]);
        }

        AppendAll(source.Opcodes, source.Flags);
    }

    /// <summary>Appends some events of a block with the same field types as they are, by row and in the order given.</summary>
    public void AppendRows(EventBlock source, ReadOnlySpan<int> rows)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].AppendRows(source._columns[i], rows);
        }

        Reserve(rows.Length);
        var opcodes = _opcodes.AsSpan(Count, rows.Length);
        var flags = _flags.AsSpan(Count, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            opcodes[i] = source._opcodes[rows[i]];
            flags[i] = source._flags[rows[i]];
        }

        Count += rows.Length;
    }

    /// <summary>Appends event <paramref name="row"/> of a block with the same field types, under an opcode and flags of its own.</summary>
    public void AppendFrom(EventBlock source, int row, Opcode opcode, EventFlags flags)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i].AppendFrom(source._columns[i], row);
        }

        Append(opcode, flags);
    }

    /// <summary>Appends event <paramref name="row"/> of a block with the same field types as it is.</summary>
    public void AppendFrom(EventBlock source, int row) =>
        AppendFrom(source, row, source._opcodes[row], source._flags[row]);

    /// <summary>Appends an event from objects (long, double, string, decimal, byte[], arrays or null). For tests and rare paths.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the fields.</exception>
    public void AppendObjects(Opcode opcode, EventFlags flags, params ReadOnlySpan<object?> values)
    {
        if (values.Length != _columns.Length)
        {
            throw new ArgumentException($"{values.Length} values for {_columns.Length} fields.", nameof(values));
        }

        for (var i = 0; i < values.Length; i++)
        {
            AppendObject(_columns[i], values[i]);
        }

        Append(opcode, flags);
    }

    /// <summary>Removes all events and keeps the memory.</summary>
    public void Clear()
    {
        foreach (var column in _columns)
        {
            column.Clear();
        }

        Count = 0;
        IsTransactional = false;
    }

    /// <summary>Removes the last events until <paramref name="count"/> are left.</summary>
    public void Truncate(int count)
    {
        if (count < Count)
        {
            Count = count;
            DropUnfinished();
        }
    }

    /// <summary>Checks that every column holds as many values as there are events.</summary>
    /// <exception cref="InvalidOperationException">One does not: a defect of the code that filled the block.</exception>
    public void Validate()
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            if (_columns[i].Count != Count)
            {
                throw new InvalidOperationException(
                    $"Column '{Schema.Fields[i].Name}' holds {_columns[i].Count} values for {Count} events.");
            }
        }
    }

    private void Reserve(int count)
    {
        if (Count + count > _opcodes.Length)
        {
            var capacity = Math.Max(Count + count, _opcodes.Length * 2);
            Array.Resize(ref _opcodes, capacity);
            Array.Resize(ref _flags, capacity);
        }
    }

    /// <summary>Sets opcodes and flags of a block whose columns were just filled.</summary>
    internal void FillEvents(ReadOnlySpan<byte> opcodes, ReadOnlySpan<byte> flags)
    {
        if (opcodes.Length > _opcodes.Length)
        {
            _opcodes = new Opcode[opcodes.Length];
            _flags = new EventFlags[opcodes.Length];
        }

        opcodes.CopyTo(MemoryMarshal.AsBytes(_opcodes.AsSpan()));
        flags.CopyTo(MemoryMarshal.AsBytes(_flags.AsSpan()));
        Count = opcodes.Length;
    }

    /// <summary>Removes values of an event that was begun and not finished.</summary>
    internal void DropUnfinished()
    {
        foreach (var column in _columns)
        {
            column.TruncateTo(Count);
        }
    }

    private static void AppendObject(Column column, object? value)
    {
        switch (value, column)
        {
            case (null, _): column.AppendNull(); break;
            case (int v, Column<long> c): c.Append(v); break;
            case (long v, Column<long> c): c.Append(v); break;
            case (int v, Column<double> c): c.Append(v); break;
            case (double v, Column<double> c): c.Append(v); break;
            case (string v, Column<string> c): c.Append(v); break;
            case (decimal v, Column<decimal> c): c.Append(v); break;
            case (byte[] v, Column<byte[]> c): c.Append(v); break;
            case (long?[] v, Column<long?[]> c): c.Append(v); break;
            case (double?[] v, Column<double?[]> c): c.Append(v); break;
            default: throw new ArgumentException($"A {value.GetType().Name} does not fit a {column.Type} column.", nameof(value));
        }
    }
}
