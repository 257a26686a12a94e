namespace Lockstep.Failover.Simulation.Conformance;

/// <summary>An ensemble that scripts run on: the simulated one and a real server. Znodes lie under one parent of the script's own.</summary>
internal interface IScriptedEnsemble
{
    /// <summary>A new session over a network of its own.</summary>
    Task<IScriptedSession> ConnectAsync();

    /// <summary>Waits until it holds.</summary>
    Task UntilAsync(Func<Task<bool>> holds);
}

/// <summary>A session.</summary>
internal interface IScriptedSession
{
    /// <summary>What its watches were told: names of znodes, in order.</summary>
    IReadOnlyList<string> Told { get; }

    /// <summary>An ephemeral sequential znode: its number, or <c>lost</c> when the answer got lost.</summary>
    Task<string> CreateAsync();

    Task DeleteAsync(string number);

    /// <summary>Sets a watch on a znode; true: it is there.</summary>
    Task<bool> WatchAsync(string number);

    /// <summary>sync, then the numbers of all znodes, in order.</summary>
    Task<string> ListAsync();

    /// <summary>sync, then the numbers of those that belong to this session.</summary>
    Task<string> ListOwnAsync();

    /// <summary>Nothing gets through, either way, or only no answers.</summary>
    void Cut(bool answersOnly);

    void Heal();

    /// <summary>Closed by somebody else who knows its password, as a supervisor does.</summary>
    Task CloseFromOutsideAsync();

    Task CloseAsync();
}
