using Lockstep.Failover.Benchmarks;

CheckOptions options;
try
{
    options = CheckOptions.Parse(args);
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return 2;
}

var folder = options.KeepFolder ?? Path.Combine(Path.GetTempPath(), $"check-failover-{Environment.ProcessId}");
Directory.CreateDirectory(folder);
try
{
    return await new FailoverCheck(options, folder).RunAsync() ? 0 : 1;
}
finally
{
    if (options.KeepFolder is null)
    {
        Directory.Delete(folder, recursive: true);
    }
}
