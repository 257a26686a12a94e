using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>Events of a file whose values come by name, one after the other. Not thread-safe.</summary>
internal interface INamedEventSource : IDisposable
{
    /// <summary>Byte offset after what was read, as near as the format's reader tells.</summary>
    long Offset { get; }

    /// <summary>Length of the file; of a connection, what has come.</summary>
    long Length { get; }

    /// <summary>Where the last event stands, as a text that follows the path of the file.</summary>
    string Place { get; }

    /// <summary>Number of the transaction that holds the last event; 0 for an event of its own.</summary>
    int Transaction { get; }

    /// <summary>Goes to the next event and gives its transaction; false: there is none, or, of what grows, none yet.</summary>
    /// <param name="withinTransaction">False too, and goes no further, when the transaction of the last event ends here.</param>
    /// <exception cref="InvalidDataException">The file is not well-formed here.</exception>
    bool Next(bool withinTransaction = false);

    /// <summary>Appends the event that <see cref="Next"/> has found.</summary>
    /// <param name="target">A block of the schema.</param>
    /// <returns>What is wrong with it; null for nothing.</returns>
    string? Append(EventBlock target);
}
