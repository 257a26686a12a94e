using Lockstep.TestKit;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>Groups of connectors that wait for the end of one that has none, by a real worker.</summary>
public sealed class ConnectorGroupTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("worker-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("finished", "", 6)]
    [InlineData("running", "", 0)]
    [InlineData("finished", "<property name=\"maxevents\">1</property>", 0)]
    public async Task A_wait_for_the_end_of_a_timer_is_said_and_ends_the_run_with_its_code(string state, string property, int expected)
    {
        await File.WriteAllTextAsync(At("a.csv"), "i,n,1,a\n", Cancel);
        await File.WriteAllTextAsync(At("model.xml"), $"""
            <project name="p"><contqueries><contquery name="cq"><windows>
            <window-source name="ticks" insert-only="true" index="pi_EMPTY"><schema-string>k*:int64,at:stamp,label:string</schema-string>
            <connectors><connector class="timer" name="clock"><properties><property name="type">pub</property>
            <property name="basetime">2020-01-01 00:00:00</property><property name="interval">1</property><property name="unit">second</property>{property}
            </properties></connector></connectors></window-source>
            <window-source name="rows"><schema-string>k*:int64,text:string</schema-string>
            <connectors><connector class="fs" name="file"><properties><property name="type">pub</property>
            <property name="fsname">{At("a.csv")}</property><property name="fstype">csv</property></properties></connector></connectors></window-source>
            </windows></contquery></contqueries>
            <project-connectors><connector-groups>
            <connector-group name="first"><connector-entry connector="cq/ticks/clock" state="{state}"/></connector-group>
            <connector-group name="second"><connector-entry connector="cq/rows/file" state="finished"/></connector-group>
            </connector-groups><edges><edge source="first" target="second"/></edges></project-connectors></project>
            """, Cancel);
        const string Why = "Connector group 'second' waits until connector 'cq/ticks/clock' of group 'first' is finished";
        await using var validate = Start("validate", At("model.xml"));
        Assert.Equal(0, await validate.WaitForExitAsync());
        Assert.Equal(expected == 0 ? 0 : 1, validate.Output.Count(l => l.Contains($" warning LS1302 p: {Why}", StringComparison.Ordinal)));

        await using var run = Start("run", At("model.xml"), "--out", At("out"), "--until-finished", "--linger", "0s");
        Assert.Equal(expected, await run.WaitForExitAsync());
        Assert.Equal(expected != 0, run.Output.Any(l => l.Contains($"Worker ends with exit code 6: {Why}", StringComparison.Ordinal)));
        string[] rows = expected == 0 ? ["I,N, 1,a"] : [];
        Assert.Equal(rows, (await File.ReadAllLinesAsync(At("out/cq.rows.csv"), Cancel))[1..]);
    }

    private static ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "Lockstep.Engine.Worker.dll"), .. arguments]);

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
