namespace Lockstep.Contracts.Events;

/// <summary>What a line was.</summary>
public enum CsvLineKind
{
    /// <summary>An event; it was appended.</summary>
    Event,

    /// <summary>Nothing but blanks.</summary>
    Blank,

    /// <summary>Not an event of the schema; the block is as it was.</summary>
    Error,
}

/// <summary>What reading a line gave.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Column">Where the error is: the field's number in the line, from 1, opcode and flags counted.</param>
/// <param name="Message">What is wrong, as a sentence; null for none. The caller says file and line.</param>
/// <param name="IsQuoteOpen">True for an error that may be none when the next line is part of this one: a quote is not closed.</param>
public readonly record struct CsvLineResult(CsvLineKind Kind, int Column = 0, string? Message = null, bool IsQuoteOpen = false);
