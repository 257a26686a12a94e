namespace Lockstep.Scripting;

/// <summary>Functions that every script has: the host calls them, they call those that the script has named.</summary>
public static class ScriptCalls
{
    /// <summary>Calls of these that may follow from one call; those of a circle would never end.</summary>
    public const int Max = 10_000;

    /// <summary>Called with name, new value and old value of a property that the script listens to.</summary>
    public const string Changed = "__esp_changed";

    /// <summary>Called with contquery/window, the list of its events and a context.</summary>
    public const string Deliver = "__esp_deliver";
}
