using Lockstep.TestKit;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>Subscribers with snapshot=true that start when their window has rows, by a real worker.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("worker-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("index=\"pi_HASH\"", "true", "I,N, 2,a\nI,N, 1,b\n")]
    [InlineData("index=\"pi_RBTREE\"", "true", "I,N, 1,b\nI,N, 2,a\n")]
    [InlineData("index=\"pi_EMPTY\" pubsub-index=\"pi_HASH\"", "true", "I,N, 2,a\nI,N, 1,b\n")]
    [InlineData("index=\"pi_EMPTY\"", "true", "")]
    [InlineData("index=\"pi_HASH\"", "false", "")]
    public async Task A_subscriber_that_waits_gets_the_rows_and_then_the_changes(string index, string snapshot, string rows)
    {
        await WriteModelAsync(index, snapshot);
        await using var run = Start("run", At("model.xml"), "--until-finished", "--linger", "0s");
        Assert.Equal(0, await run.WaitForExitAsync());
        Assert.Equal(rows + "U,N, 2,c\nD,N, 1,b\n", await File.ReadAllTextAsync(At("out.csv"), Cancel));
    }

    [Fact]
    public async Task A_window_without_rows_is_warned_of()
    {
        await WriteModelAsync("index=\"pi_EMPTY\"", "true");
        await using var validate = Start("validate", At("model.xml"));
        Assert.Equal(0, await validate.WaitForExitAsync());
        Assert.Contains(validate.Output, l => l.Contains("warning LS1303 p/cq/kept/out", StringComparison.Ordinal)
            && l.Contains("keeps no rows", StringComparison.Ordinal));
    }

    private async Task WriteModelAsync(string index, string snapshot)
    {
        await File.WriteAllTextAsync(At("first.csv"), "i,n,2,a\ni,n,1,a\ni,n,3,a\nd,n,3,a\nu,n,1,b\n", Cancel);
        await File.WriteAllTextAsync(At("second.csv"), "u,n,2,c\nd,n,1,\n", Cancel);
        string Connector(string name, string properties) =>
            $"<connector class=\"fs\" name=\"{name}\"><properties><property name=\"fstype\">csv</property>{properties}</properties></connector>";
        string Publisher(string name) => Connector(
            name, $"<property name=\"type\">pub</property><property name=\"fsname\">{At(name + ".csv")}</property>");
        await File.WriteAllTextAsync(At("model.xml"), $"""
            <project name="p"><contqueries><contquery name="cq"><windows>
            <window-source name="rows"><schema-string>k*:int64,text:string</schema-string>
            <connectors>{Publisher("first")}{Publisher("second")}</connectors></window-source>
            <window-filter name="kept" {index}><expression>k &lt; 10</expression><connectors>{Connector("out",
                $"<property name=\"type\">sub</property><property name=\"fsname\">{At("out.csv")}</property>"
                + $"<property name=\"snapshot\">{snapshot}</property><property name=\"collapse\">true</property>")}</connectors></window-filter>
            </windows><edges><edge source="rows" target="kept"/></edges></contquery></contqueries>
            <project-connectors><connector-groups>
            <connector-group name="fill"><connector-entry connector="cq/rows/first" state="finished"/></connector-group>
            <connector-group name="watch"><connector-entry connector="cq/kept/out" state="running"/></connector-group>
            <connector-group name="change"><connector-entry connector="cq/rows/second" state="finished"/></connector-group>
            </connector-groups><edges><edge source="fill" target="watch"/><edge source="watch" target="change"/></edges></project-connectors></project>
            """, Cancel);
    }

    private static ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "Lockstep.Engine.Worker.dll"), .. arguments]);

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
