namespace Lockstep.Failover.Simulation.Conformance;

/// <summary>
/// A bus that scripts run on: the simulated one and real brokers. Two topics, <c>a</c> and <c>b</c>, and one transactional id, all
/// of the script's own.
/// </summary>
internal interface IScriptedBus
{
    /// <summary>A new producer of the transactional id, which it does not hold yet.</summary>
    Task<IScriptedProducer> ProducerAsync();

    /// <summary>Raw InitProducerId until the coordinator has ended the open transaction: <c>done</c> or why not.</summary>
    Task<string> FenceAsync();

    /// <summary>The end now: the last stable offset, or the end of the log.</summary>
    Task<long> EndAsync(string topic, bool committed);

    /// <summary>Waits until the markers of all ended transactions are written, which no answer waits for.</summary>
    Task SettleAsync(string topic);

    /// <summary>All records that are committed below the last stable offset, as <c>value@offset</c>.</summary>
    Task<string> ReadAsync(string topic);
}

/// <summary>A producer; every call says <c>done</c>, <c>fenced</c> or <c>failed</c>.</summary>
internal interface IScriptedProducer
{
    Task<string> InitAsync();

    /// <summary>One transaction: begin, send, commit.</summary>
    Task<string> CommitAsync(params (string Topic, string Value)[] records);

    /// <summary>Begins a transaction and sends a record that has arrived when this returns.</summary>
    Task LeaveOpenAsync(string topic, string value);

    /// <summary>Ends what was left open.</summary>
    Task<string> EndAsync(bool commit);
}
