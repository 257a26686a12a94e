using Lockstep.Manager.Web.Options;
using Lockstep.Manager.Web.Projects;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Lockstep.Manager.Web.Tests;

/// <summary>A worker that does not answer.</summary>
public sealed class ModelTrialTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lockstep-trial-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_worker_that_hangs_is_killed_at_the_limit_and_the_validator_decides()
    {
        var program = Path.Combine(_folder.FullName, "hangs");
        var pidFile = Path.Combine(_folder.FullName, "pid");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\necho $$ > {pidFile}.new\nmv {pidFile}.new {pidFile}\nexec sleep 600\n",
            TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var time = new FakeTimeProvider();
        using var trial = new ModelTrial(
            new ManagerOptions { DataFolder = _folder.FullName, Worker = program }, time, NullLogger<ModelTrial>.Instance);
        var answer = trial.ProblemsOfAsync(Models.Sum20, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => File.Exists(pidFile));
        Assert.False(answer.IsCompleted);
        time.Advance(ModelTrial.TimeLimit);
        Assert.DoesNotContain(await answer, p => p.Severity == "error");
        var pid = (await File.ReadAllTextAsync(pidFile, TestContext.Current.CancellationToken)).Trim();
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{pid}"));
    }
}
