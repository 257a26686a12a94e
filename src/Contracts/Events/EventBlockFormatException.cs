namespace Lockstep.Contracts.Events;

/// <summary>Bytes are not an event block; the code says why.</summary>
public sealed class EventBlockFormatException : FormatException
{
    /// <summary>Makes the exception.</summary>
    public EventBlockFormatException(EventBlockError code, int length)
        : base($"{length} bytes are not an event block of the expected schema: {code}.") => Code = code;

    /// <summary>Why.</summary>
    public EventBlockError Code { get; }
}
