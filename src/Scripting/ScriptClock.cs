namespace Lockstep.Scripting;

/// <summary>What a script sees of time and chance: both are given to it, so that every member of a group sees the same.</summary>
public sealed class ScriptClock
{
    private ulong _seed;

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    public long Now { get; private set; }

    /// <summary>Random numbers drawn so far: state.</summary>
    public ulong Draws { get; set; }

    /// <summary>Sets the time, and what random numbers follow from beside the count of those before.</summary>
    public void Set(long now, ulong seed) => (Now, _seed) = (now, seed);

    /// <summary>The next random number.</summary>
    public ulong Draw() => Mix(Mix(_seed) + (++Draws * 0x9E3779B97F4A7C15UL));

    /// <summary>The finalizer of splitmix64.</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
