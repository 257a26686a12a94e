namespace Lockstep.Failover.Simulation.Conformance;

/// <summary>What the protocol relies on brokers for, as scripts with what they must say on every bus.</summary>
internal static class BusScripts
{
    private static readonly Dictionary<string, (Func<IScriptedBus, Task<string>> Run, string Says)> Scripts = new(StringComparer.Ordinal)
    {
        ["a marker takes an offset"] = (async bus =>
        {
            var one = await StartAsync(bus);
            var said = $"{await one.CommitAsync(("a", "1"))} {await one.CommitAsync(("a", "2"), ("b", "3"))}";
            await bus.SettleAsync("a");
            await bus.SettleAsync("b");
            return $"{said} | a {await bus.ReadAsync("a")}, end {await bus.EndAsync("a", committed: true)} | b {await bus.ReadAsync("b")}";
        }, "done done | a 1@0 2@2, end 4 | b 3@0"),

        ["an open transaction hides its records and holds the stable end back"] = (async bus =>
        {
            var one = await StartAsync(bus);
            await one.CommitAsync(("a", "1"));
            await bus.SettleAsync("a");
            await one.LeaveOpenAsync("a", "2");
            var open = $"{await bus.ReadAsync("a")}, ends {await bus.EndAsync("a", committed: true)} {await bus.EndAsync("a", committed: false)}";
            var said = await one.EndAsync(commit: true);
            await bus.SettleAsync("a");
            return $"{open} | {said} {await bus.ReadAsync("a")}";
        }, "1@0, ends 2 3 | done 1@0 2@2"),

        ["aborted records leave gaps"] = (async bus =>
        {
            var one = await StartAsync(bus);
            await one.CommitAsync(("a", "1"));
            await bus.SettleAsync("a");
            await one.LeaveOpenAsync("a", "66");
            var said = await one.EndAsync(commit: false);
            await one.CommitAsync(("a", "2"));
            await bus.SettleAsync("a");
            return $"{said} {await bus.ReadAsync("a")}, end {await bus.EndAsync("a", committed: true)}";
        }, "done 1@0 2@4, end 6"),

        ["the second producer of an id fences the first"] = (async bus =>
        {
            var one = await StartAsync(bus);
            await one.CommitAsync(("a", "1"));
            var two = await StartAsync(bus);
            var said = $"{await one.CommitAsync(("a", "66"))} {await two.CommitAsync(("a", "2"))}";
            await bus.SettleAsync("a");
            return $"{said} {await bus.ReadAsync("a")}";
        }, "fenced done 1@0 2@2"),

        ["a fence ends the open transaction and its producer"] = (async bus =>
        {
            var one = await StartAsync(bus);
            await one.CommitAsync(("a", "1"));
            await bus.SettleAsync("a");
            await one.LeaveOpenAsync("a", "66");
            var fenced = await bus.FenceAsync();
            await bus.SettleAsync("a");
            var end = await bus.EndAsync("a", committed: true);
            var late = await one.EndAsync(commit: true);
            var two = await StartAsync(bus);
            await two.CommitAsync(("a", "2"));
            await bus.SettleAsync("a");
            return $"{fenced}, end {end}, {late}, {await bus.ReadAsync("a")}";
        }, "done, end 4, fenced, 1@0 2@4"),

        ["a fence waits for the markers of a commit that was decided"] = (async bus =>
        {
            var one = await StartAsync(bus);
            var said = await one.CommitAsync(("a", "1"), ("b", "2"));
            var fenced = await bus.FenceAsync();
            return $"{said} {fenced}, ends {await bus.EndAsync("a", committed: true)} {await bus.EndAsync("b", committed: true)}, "
                + $"{await one.CommitAsync(("a", "66"))}, {await bus.ReadAsync("a")} {await bus.ReadAsync("b")}";
        }, "done done, ends 2 2, fenced, 1@0 2@0"),

        ["each fence fences the one before"] = (async bus =>
        {
            var one = await StartAsync(bus);
            var said = $"{await bus.FenceAsync()} {await bus.FenceAsync()}";
            var two = await StartAsync(bus);
            return $"{said} {await one.CommitAsync(("a", "66"))} {await two.CommitAsync(("a", "1"))}";
        }, "done done fenced done"),

        ["an open transaction on one topic holds no other topic back"] = (async bus =>
        {
            var one = await StartAsync(bus);
            await one.CommitAsync(("b", "1"));
            await bus.SettleAsync("b");
            await one.LeaveOpenAsync("a", "2");
            return $"ends {await bus.EndAsync("a", committed: true)} {await bus.EndAsync("b", committed: true)}, {await bus.ReadAsync("b")}";
        }, "ends 0 2, 1@0"),
    };

    public static IEnumerable<string> Names => Scripts.Keys;

    /// <summary>Runs a script; what it says and what it must say.</summary>
    public static async Task<(string Said, string Must)> RunAsync(string name, IScriptedBus bus) =>
        (await Scripts[name].Run(bus), Scripts[name].Says);

    private static async Task<IScriptedProducer> StartAsync(IScriptedBus bus)
    {
        var producer = await bus.ProducerAsync();
        if (await producer.InitAsync() is not "done" and var why)
        {
            throw new InvalidOperationException($"The producer could not take its id: {why}.");
        }

        return producer;
    }
}
