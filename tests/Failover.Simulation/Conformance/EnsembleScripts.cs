namespace Lockstep.Failover.Simulation.Conformance;

/// <summary>What the election relies on ZooKeeper for, as scripts with what they must say on every ensemble.</summary>
internal static class EnsembleScripts
{
    private static readonly Dictionary<string, (Func<IScriptedEnsemble, Task<string>> Run, string Says)> Scripts = new(StringComparer.Ordinal)
    {
        ["sequential znodes are numbered in order and numbers do not come back"] = (async ensemble =>
        {
            var (one, two) = (await ensemble.ConnectAsync(), await ensemble.ConnectAsync());
            var said = $"{await one.CreateAsync()} {await two.CreateAsync()}";
            await two.DeleteAsync("1");
            return $"{said} {await one.CreateAsync()} | {await two.ListAsync()}";
        }, "0 1 2 | 0 2"),

        ["a read after sync shows what another session wrote"] = (async ensemble =>
        {
            var (one, two) = (await ensemble.ConnectAsync(), await ensemble.ConnectAsync());
            await one.CreateAsync();
            var first = await two.ListAsync();
            await one.DeleteAsync("0");
            return $"{first} | {await two.ListAsync()}";
        }, "0 | "),

        ["a watch tells once"] = (async ensemble =>
        {
            var (one, two) = (await ensemble.ConnectAsync(), await ensemble.ConnectAsync());
            await one.CreateAsync();
            await one.CreateAsync();
            var there = $"{await two.WatchAsync("0")} {await two.WatchAsync("1")}";
            await one.DeleteAsync("0");
            await ensemble.UntilAsync(() => Task.FromResult(two.Told.Count > 0));
            var told = string.Join(' ', two.Told);
            await one.DeleteAsync("1");
            await ensemble.UntilAsync(() => Task.FromResult(two.Told.Count > 1));
            return $"{there} | {told} | {string.Join(' ', two.Told)} | {await two.WatchAsync("0")}";
        }, "True True | 0 | 0 1 | False"),

        ["a session that is closed takes its znodes along at once"] = (async ensemble =>
        {
            var (one, two) = (await ensemble.ConnectAsync(), await ensemble.ConnectAsync());
            var said = $"{await one.CreateAsync()} {await two.CreateAsync()}";
            await two.WatchAsync("0");
            await one.CloseAsync();
            await ensemble.UntilAsync(() => Task.FromResult(two.Told.Count > 0));
            return $"{said} | {await two.ListAsync()}";
        }, "0 1 | 1"),

        ["a session closed from outside takes its znodes along"] = (async ensemble =>
        {
            var (one, two) = (await ensemble.ConnectAsync(), await ensemble.ConnectAsync());
            await one.CreateAsync();
            await two.WatchAsync("0");
            await one.CloseFromOutsideAsync();
            await ensemble.UntilAsync(() => Task.FromResult(two.Told.Count > 0));
            return $"{string.Join(' ', two.Told)} | {await two.ListAsync()}";
        }, "0 | "),

        ["a session that is not heard of expires with its znodes"] = (async ensemble =>
        {
            var (one, two) = (await ensemble.ConnectAsync(), await ensemble.ConnectAsync());
            await one.CreateAsync();
            await two.WatchAsync("0");
            one.Cut(answersOnly: false);
            await ensemble.UntilAsync(() => Task.FromResult(two.Told.Count > 0));
            return $"{string.Join(' ', two.Told)} | {await two.ListAsync()}";
        }, "0 | "),

        ["a create whose answer got lost is found by its owner"] = (async ensemble =>
        {
            var (one, two) = (await ensemble.ConnectAsync(), await ensemble.ConnectAsync());
            await two.CreateAsync();
            one.Cut(answersOnly: true);
            var said = one.CreateAsync();
            await ensemble.UntilAsync(async () => await two.ListAsync() == "0 1");
            one.Heal();
            return $"{await said} | {await one.ListOwnAsync()} | {await one.ListAsync()}";
        }, "lost | 1 | 0 1"),
    };

    public static IEnumerable<string> Names => Scripts.Keys;

    /// <summary>Runs a script; what it says and what it must say.</summary>
    public static async Task<(string Said, string Must)> RunAsync(string name, IScriptedEnsemble ensemble) =>
        (await Scripts[name].Run(ensemble), Scripts[name].Says);
}
