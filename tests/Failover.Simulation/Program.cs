using System.Globalization;
using Lockstep.Failover.Simulation;

const string Usage = """
    --seed N [--without GUARD]              replays a seed and prints what happens, one line an event
    --minutes M [--from N] [--without GUARD]  tries one seed after the other; prints those that fail
    GUARD: Fence, AskAfterFence, UnclearCommit, SendOnlyMissing, EpochPerTransaction, DigestCheck, Readiness, OneVersion
    """;

int? seed = null;
double? minutes = null;
var (from, missing) = (1, Guard.None);
try
{
    for (var i = 0; i + 1 < args.Length; i += 2)
    {
        var value = args[i + 1];
        switch (args[i])
        {
            case "--seed": seed = int.Parse(value, CultureInfo.InvariantCulture); break;
            case "--minutes": minutes = double.Parse(value, CultureInfo.InvariantCulture); break;
            case "--from": from = int.Parse(value, CultureInfo.InvariantCulture); break;
            case "--without": missing = Enum.Parse<Guard>(value, ignoreCase: true); break;
            default: throw new FormatException($"unknown option {args[i]}");
        }
    }

    if (args.Length % 2 != 0 || (seed is null) == (minutes is null))
    {
        throw new FormatException("either --seed or --minutes, each option with its value");
    }
}
catch (Exception wrong) when (wrong is FormatException or ArgumentException or OverflowException)
{
    await Console.Error.WriteLineAsync($"simulate: {wrong.Message}\n{Usage}");
    return 2;
}

if (seed is { } one)
{
    await using var text = new StringWriter();
    var failure = SimulationRun.Of(one, missing, new Trace(text));
    await Console.Out.WriteAsync(text.ToString());
    await Console.Out.WriteLineAsync(failure is null ? $"seed {one}: everything holds" : $"seed {one}: {failure.Message}");
    if (failure is { Rule: "defect", InnerException: { } defect })
    {
        await Console.Out.WriteLineAsync(defect.ToString());
    }

    return failure is null ? 0 : 1;
}

return await SeedSearch.GoAsync(from, TimeSpan.FromMinutes(minutes!.Value), missing, Console.Out) ? 0 : 1;
