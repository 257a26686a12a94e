using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Execution;

/// <summary>Takes what windows produce while the engine evaluates. Called on the engine's thread.</summary>
public interface IWindowOutput
{
    /// <summary>
    /// Takes a window's output block; called in evaluation order, for every window (the published source too), only
    /// for blocks that hold events.
    /// </summary>
    /// <param name="window">The window.</param>
    /// <param name="block">Its events; valid during the call only, and not to be changed.</param>
    void OnBlock(WindowId window, EventBlock block);

    /// <summary>Takes the report of a bad event: it was dropped and counted, the project goes on.</summary>
    /// <param name="window">The window that dropped it.</param>
    /// <param name="message">Why, with the event's key where there is one.</param>
    void OnBadEvent(WindowId window, string message);

    /// <summary>Takes a line that a script writes to the log.</summary>
    /// <param name="window">The window whose script it is.</param>
    /// <param name="level">error, warn, info, debug, ...</param>
    /// <param name="message">The text.</param>
    void OnLog(WindowId window, string level, string message)
    {
    }
}
