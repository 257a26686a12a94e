using Lockstep.Contracts.Events;

namespace Lockstep.Scripting;

/// <summary>What scripts ask of whoever runs them, beside time and chance: a window of the engine, or a connector.</summary>
public interface IScriptHost
{
    /// <summary>False while the script is loaded to be checked: nothing may reach the outside.</summary>
    bool IsRunning { get; }

    /// <summary>Takes a line for the log.</summary>
    /// <param name="level">error, warn, info, debug, ...</param>
    /// <param name="message">The text.</param>
    void Log(string level, string message);

    /// <summary>The value of a field of the event at hand; null for none.</summary>
    object? FieldOf(string name);

    /// <summary>Takes events, as maps, that the script puts out beside its results.</summary>
    /// <param name="events">A map or a list of maps.</param>
    /// <param name="opcode">Their opcode; null for that of each event, or the default.</param>
    /// <returns>False: no more is taken.</returns>
    /// <exception cref="ScriptException">An event does not fit.</exception>
    bool Inject(object? events, string? opcode);

    /// <summary>The schema that injected csv lines have; null where nothing can be injected.</summary>
    Schema? InjectSchema { get; }

    /// <summary>Takes events for a source window of the project.</summary>
    /// <exception cref="ScriptException">There is no such window, or an event does not fit.</exception>
    void Publish(string window, string? query, object? events);

    /// <summary>The value of a property that scripts share; null for none.</summary>
    object? PropertyOf(string name);

    /// <summary>Sets a property that scripts share; scripts that listen are told once the call that sets it has ended.</summary>
    void SetProperty(string name, object? value);

    /// <summary>Calls <see cref="ScriptCalls.Changed"/> of the script from now on when a property changes.</summary>
    void Listen(string name);

    /// <summary>Calls <see cref="ScriptCalls.Deliver"/> of the script from now on with what a window puts out; or no longer.</summary>
    /// <param name="window">Its name.</param>
    /// <param name="query">Its continuous query; null for the one that has such a window.</param>
    /// <param name="isOn">False: no longer; null: nothing changes.</param>
    /// <returns>The window's name in full, contquery/window.</returns>
    /// <exception cref="ScriptException">There is no such window, or this script can't.</exception>
    string Subscribe(string window, string? query, bool? isOn) =>
        throw new ScriptException("Only snippets subscribe: windows get events by their edges, connectors of type sub from their window.");

    /// <summary>Waits, where the script may: not in an engine.</summary>
    void Sleep(TimeSpan time)
    {
    }

    /// <summary>The rows that a window holds, as a list of maps; null when it holds none.</summary>
    List<object?>? Query(string window, string? query);
}
