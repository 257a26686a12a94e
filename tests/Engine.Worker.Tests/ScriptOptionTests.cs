using Lockstep.TestKit;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>What a deployment lets scripts do, by the options of a real worker; and how a run with publishing scripts ends.</summary>
public sealed class ScriptOptionTests : IDisposable
{
    private const string ReadsFile =
        "<window-python name=\"w\" events=\"create\">{S}<code>\ndef create(data, context):\n"
        + "    return {'text': open('{F}').read().strip()}\n</code></window-python>";

    private const string Connects =
        "<window-python name=\"w\" events=\"create\">{S}<code>\nimport socket\ndef create(data, context):\n"
        + "    try:\n        socket.create_connection(('127.0.0.1', 1), 1)\n"
        + "    except ConnectionRefusedError:\n        return {'text': 'refused'}\n</code></window-python>";

    private const string Fills =
        "<window-lua name=\"w\" events=\"create\">{S}<code>function create(data) local t = {} for i = 1, 40 do t[i] = ('x'):rep(1000000) .. i end "
        + "return { text = tostring(#t) } end</code></window-lua>";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("worker-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(ReadsFile, "I,N, 1,hello", "not granted to scripts", "--script-grant", "files")]
    [InlineData(Connects, "I,N, 1,refused", "the network is not granted to scripts", "--script-grant", "network")]
    [InlineData(Fills, "I,N, 1,40", null, "--script-memory-mb", "128")]
    public async Task A_script_does_what_is_granted(string window, string line, string? refusal, string option, string value)
    {
        await File.WriteAllTextAsync(At("secret.txt"), "hello\n", Cancel);
        var (code, rows, _) = await RunAsync(window, option, value);
        Assert.Equal((0, line), (code, Assert.Single(rows)));
        if (refusal is not null)
        {
            var (_, none, log) = await RunAsync(window);
            Assert.Empty(none);
            Assert.Contains(log, l => l.Contains(refusal, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_script_that_holds_too_much_loses_the_event()
    {
        var (code, rows, log) = await RunAsync(Fills, "--script-memory-mb", "8");
        Assert.Equal(0, code);
        Assert.Empty(rows);
        Assert.Contains(log, l => l.Contains("It holds more than 8 MB.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Python_is_the_one_that_the_deployment_names()
    {
        const string Version =
            "<window-python name=\"w\" events=\"create\">{S}<code>\ndef create(data, context):\n    return {'text': 'ran'}\n</code></window-python>";
        var (code, _, log) = await RunAsync(Version, "--python", "/no/such/python");
        Assert.Equal(1, code);
        Assert.Contains(log, l => l.Contains(" error LS2405 ", StringComparison.Ordinal) && l.Contains("--python", StringComparison.Ordinal));

        // In no folder of PATH: it is found because its path was given.
        await File.WriteAllTextAsync(At("my-python"), "#!/bin/sh\nexec python3 \"$@\"\n", Cancel);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At("my-python"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Assert.Equal("I,N, 1,ran", Assert.Single((await RunAsync(Version, "--python", At("my-python"))).Rows));
    }

    [Fact]
    public async Task A_model_reads_its_files_from_its_own_folder_and_from_granted_ones()
    {
        const string InFile = "<window-lua name=\"w\" events=\"create\">{S}<code file=\"code.lua\"/></window-lua>";
        await File.WriteAllTextAsync(At("code.lua"), "function create(data) return { text = 'file' } end", Cancel);
        Assert.Equal("I,N, 1,file", Assert.Single((await RunAsync(InFile)).Rows));

        var (code, _, log) = await RunAsync(InFile, "--granted-files-only");
        Assert.Equal(1, code);
        Assert.Contains(log, l => l.Contains(" error LS2402 ", StringComparison.Ordinal) && l.Contains("--model-files", StringComparison.Ordinal));
        Assert.Equal("I,N, 1,file", Assert.Single((await RunAsync(InFile, "--granted-files-only", "--model-files", _folder.FullName)).Rows));

        var elsewhere = _folder.CreateSubdirectory("elsewhere");
        await File.WriteAllTextAsync(Path.Combine(elsewhere.FullName, "else.lua"), "function create(data) return { text = 'mapped' } end", Cancel);
        Assert.Equal("I,N, 1,mapped", Assert.Single(
            (await RunAsync(InFile.Replace("code.lua", "/srv/else.lua", StringComparison.Ordinal), "--map-path", $"/srv={elsewhere.FullName}")).Rows));
    }

    [Fact]
    public async Task A_script_that_does_not_compile_stops_the_run_with_its_line()
    {
        var (code, _, log) = await RunAsync(
            "<window-python name=\"w\" events=\"create\">{S}<code>\ndef create(data, context):\n    return {\n</code></window-python>");
        Assert.Equal(1, code);
        Assert.Contains(log, l => l.StartsWith($"{At("model.xml")}:4:", StringComparison.Ordinal) && l.Contains(" error LS2401 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_publishing_script_without_an_end_runs_as_long_as_the_run_lingers()
    {
        const string Ticks = "local n = 0 function publish() n = n + 1 esp_inject({ k = n, text = 'tick' }) end";
        await File.WriteAllTextAsync(At("model.xml"), $"""
            <project name="p"><contqueries><contquery name="cq"><windows><window-source name="s" index="pi_EMPTY" insert-only="true">
            <schema-string>k*:int64,text:string</schema-string><connectors><connector class="lua" name="c"><properties>
            <property name="type">pub</property><property name="interval">100 milliseconds</property><property name="code">{Ticks}</property>
            </properties></connector></connectors></window-source></windows></contquery></contqueries></project>
            """, Cancel);
        await using var worker = Start("run", At("model.xml"), "--out", At("out"), "--until-finished", "--linger", "2s");
        Assert.Equal(0, await worker.WaitForExitAsync());
        var rows = (await File.ReadAllLinesAsync(At("out/cq.s.csv"), Cancel))[1..];
        Assert.InRange(rows.Length, 2, 60);
        Assert.Equal("I,N, 1,tick", rows[0]);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "Lockstep.Engine.Worker.dll"), .. arguments]);

    private async Task<(int Code, string[] Rows, IReadOnlyList<string> Log)> RunAsync(string window, params string[] options)
    {
        const string Schema = "<schema-string>k*:int64,text:string</schema-string>";
        await File.WriteAllTextAsync(At("model.xml"), $"""
            <project name="p"><contqueries><contquery name="cq"><windows><window-source name="s">{Schema}</window-source>
            {window.Replace("{S}", Schema, StringComparison.Ordinal).Replace("{F}", At("secret.txt"), StringComparison.Ordinal)}
            </windows><edges><edge source="s" target="w"/></edges></contquery></contqueries></project>
            """, Cancel);
        await File.WriteAllTextAsync(At("a.csv"), "i,n,1,a\n", Cancel);
        await using var worker = Start(
            ["run", At("model.xml"), "--out", At("out"), "--events", $"s={At("a.csv")}", "--until-finished", .. options]);
        var code = await worker.WaitForExitAsync();
        string[] rows = File.Exists(At("out/cq.w.csv")) ? (await File.ReadAllLinesAsync(At("out/cq.w.csv"), Cancel))[1..] : [];
        return (code, rows, [.. worker.Output]);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
