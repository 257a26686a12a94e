namespace Lockstep.Contracts.Events;

/// <summary>The type of a field. The numbers are part of the event block format and never change.</summary>
public enum FieldType : byte
{
    /// <summary>Whole number of 32 bits; kept in a column of <see cref="long"/>.</summary>
    Int32 = 1,

    /// <summary>Whole number of 64 bits; kept in a column of <see cref="long"/>.</summary>
    Int64 = 2,

    /// <summary>IEEE 754 double.</summary>
    Double = 3,

    /// <summary>Text.</summary>
    String = 4,

    /// <summary>Seconds since 1970-01-01T00:00:00Z; kept in a column of <see cref="long"/>.</summary>
    Date = 5,

    /// <summary>Microseconds since 1970-01-01T00:00:00Z; kept in a column of <see cref="long"/>.</summary>
    Stamp = 6,

    /// <summary>Decimal amount.</summary>
    Money = 7,

    /// <summary>Bytes; base64 in text.</summary>
    Blob = 8,

    /// <summary>Array of 32-bit whole numbers; kept as nullable <see cref="long"/> items.</summary>
    ArrayInt32 = 9,

    /// <summary>Array of 64-bit whole numbers; kept as nullable <see cref="long"/> items.</summary>
    ArrayInt64 = 10,

    /// <summary>Array of doubles; kept as nullable <see cref="double"/> items.</summary>
    ArrayDouble = 11,
}
