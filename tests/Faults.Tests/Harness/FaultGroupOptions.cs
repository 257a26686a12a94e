namespace Lockstep.Faults.Tests.Harness;

/// <summary>What a row's group is made of.</summary>
internal sealed record FaultGroupOptions
{
    /// <summary>1, or 3 for rows about brokers.</summary>
    public int Brokers { get; init; } = 1;

    /// <summary>True: deaths of members are seen by a supervisor; false: by the time-out of their sessions alone.</summary>
    public bool Supervised { get; init; } = true;

    /// <summary>
    /// True: sessions last 10 s, so that a crowded machine takes no active's znode away: for supervised rows that say who is active.
    /// </summary>
    public bool KeepsSessions { get; init; }

    /// <summary>Members started before the load: engine-a, engine-b, ...</summary>
    public int Members { get; init; } = 2;

    /// <summary>Events a second.</summary>
    public int Rate { get; init; } = 1000;

    /// <summary>Model beside the tests.</summary>
    public string Model { get; init; } = "sums.xml";

    /// <summary>Models of further versions that a row upgrades to, beside the tests.</summary>
    public IReadOnlyList<string> AlsoModels { get; init; } = [];

    /// <summary>Values of further tokens of the model; they reach members by their environment.</summary>
    public IReadOnlyDictionary<string, string> Tokens { get; init; } = new Dictionary<string, string>();

    /// <summary>Changes how a member (by its name) is started: addresses of a proxy, environment.</summary>
    public Func<string, FaultMemberOptions, FaultMemberOptions> Change { get; init; } = (_, options) => options;
}
