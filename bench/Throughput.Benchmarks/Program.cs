using System.Text.Json;
using Lockstep.Throughput.Benchmarks;

if (args.Length > 0 && args[0] == "member")
{
    return await MemberHost.RunAsync(args[1..]);
}

ThroughputOptions options;
try
{
    options = ThroughputOptions.Parse(args);
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}

await using var context = await RunContext.StartAsync(options);
object report = options.Command switch
{
    "drain" => await new DrainBenchmark(context).RunAsync(),
    "latency" => await new LatencyBenchmark(context).RunAsync(),
    _ => await new StandbyLagBenchmark(context).RunAsync(),
};
var json = JsonSerializer.Serialize(report, Figures.Json);
Console.WriteLine(json);
if (options.JsonFile is { } file)
{
    await File.WriteAllTextAsync(file, json + "\n");
}

return 0;
