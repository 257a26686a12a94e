using Lockstep.Failover.Benchmarks;

const string Takeover = "takeover";
Func<string, Task<bool>> run;
string? keep;
try
{
    if (args is [Takeover, .. var rest])
    {
        var options = TakeoverOptions.Parse(rest);
        (keep, run) = (options.KeepFolder, folder => new TakeoverBench(options, folder).RunAsync());
    }
    else
    {
        var options = CheckOptions.Parse(args);
        (keep, run) = (options.KeepFolder, folder => new FailoverCheck(options, folder).RunAsync());
    }
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}

var folder = keep ?? Path.Combine(Path.GetTempPath(), $"check-failover-{Environment.ProcessId}");
Directory.CreateDirectory(folder);
try
{
    return await run(folder) ? 0 : 1;
}
finally
{
    if (keep is null)
    {
        Directory.Delete(folder, recursive: true);
    }
}
