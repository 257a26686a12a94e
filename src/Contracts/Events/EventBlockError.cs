namespace Lockstep.Contracts.Events;

/// <summary>Why bytes are not an event block of the expected schema.</summary>
public enum EventBlockError
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>They end too early.</summary>
    Truncated,

    /// <summary>They don't begin with the magic number: something else.</summary>
    BadMagic,

    /// <summary>A version that this reader does not know.</summary>
    UnknownVersion,

    /// <summary>The checksum differs: damaged.</summary>
    BadChecksum,

    /// <summary>Written for another schema.</summary>
    OtherSchema,

    /// <summary>More events than a block may have, or than the bytes can hold.</summary>
    TooManyEvents,

    /// <summary>An opcode, flag or encoding outside its range.</summary>
    BadValue,

    /// <summary>A length or item count that does not fit.</summary>
    BadLength,

    /// <summary>A text that is not UTF-8.</summary>
    BadText,

    /// <summary>Bytes left over after the last column.</summary>
    TrailingBytes,
}
