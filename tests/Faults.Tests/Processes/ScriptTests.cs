using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>
/// What a group puts out is made by snippets alone: by handlers of windows in Lua and in Python, and by a function at intervals of stream
/// time. The active is killed (-9); the oracle's engine has its own Lua and Python, so that it tells what must come.
/// </summary>
public sealed class ScriptTests(Servers servers)
{
    [Theory]
    [FaultRow("active killed, snippets publish")]
    public async Task What_snippets_publish_comes_out_once_whoever_is_active(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(
            servers, mode, new FaultGroupOptions { Model = "sums-scripts.xml", Rate = 200, KeepsSessions = true });
        await group.KillActivesAsync(3);
        var verdict = await group.FinishAsync();
        Assert.True(verdict.Epochs.Count >= 4, verdict.ToString());

        // Two for each event, and what came at intervals besides.
        Assert.True(verdict.Events > 2 * group.Load.Written, $"{verdict.Events} of {group.Load.Written}");
    }
}
