namespace Lockstep.Contracts.Events;

/// <summary>How the validity of a column's values is written: the first byte of a column.</summary>
internal enum ValidityEncoding : byte
{
    /// <summary>Every value is null; nothing follows.</summary>
    AllNull = 0,

    /// <summary>No value is null; values follow.</summary>
    AllValid = 1,

    /// <summary>A bitmap of (n + 7) / 8 bytes follows, lowest bit first, set for a value; then values.</summary>
    Bitmap = 2,
}

/// <summary>How a column's values are written: the byte after the validity.</summary>
internal enum ValueEncoding : byte
{
    /// <summary>Fixed width, or lengths and bytes.</summary>
    Plain = 0,

    /// <summary>Whole numbers only: zigzag varints of the difference to the value before.</summary>
    Delta = 1,
}
