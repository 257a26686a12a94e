namespace Lockstep.Faults.Tests.Harness;

/// <summary>Kills in a row, as several rows have them.</summary>
internal static class Kills
{
    /// <summary>Kills whoever is active (-9); each time the group is whole again and works before the next. Each is a fault.</summary>
    /// <param name="group">The group.</param>
    /// <param name="times">How often.</param>
    public static async Task KillActivesAsync(this FaultGroup group, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var active = await group.ActiveAsync();
            group.Fault();
            await active.KillAsync();
            await group.ReadyAsync();
            await group.FlowsAsync();
        }
    }
}
