using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using Lockstep.TestKit;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>The whole process, without servers: exit codes, problems with their places, file to file, status, SIGTERM.</summary>
public sealed class RunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("worker-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_file_goes_through_the_project_into_a_file_and_the_worker_ends()
    {
        WriteInput("i,n,1,a\ni,n,2,b\nu,n,1,c\n");
        await using var worker = Start("run", Model("blocksize", "10"), "--until-finished");
        Assert.Equal(0, await worker.WaitForExitAsync());
        Assert.Equal("opcode,flags,id,name\nI,N, 1,a\nI,N, 2,b\nUB,N, 1,c\nD,N, 1,a\n", await File.ReadAllTextAsync(At("out.csv"), Cancel));
        Assert.Contains(worker.Output, l => l.Contains("starting esp server with 1 project(s)", StringComparison.Ordinal));
        Assert.Contains(worker.Output, l => l.EndsWith(
            "dfESPconnector::setState(): Connector out in group default has new state: running", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_publisher_that_fails_ends_the_run_with_its_own_exit_code()
    {
        WriteInput("i,n,1,a\nnonsense\n");
        await using var worker = Start("run", Model("blocksize", "10"), "--until-finished");
        Assert.Equal(4, await worker.WaitForExitAsync());
        Assert.Contains(worker.Output, l => l.Contains("in.csv:2:1: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_of_a_file_waits_until_counter_windows_have_said_what_they_counted()
    {
        WriteInput("i,n,1,a\ni,n,2,b\n");
        var model = Model("blocksize", "1");
        var text = await File.ReadAllTextAsync(model, Cancel);
        await File.WriteAllTextAsync(model, text.Replace("</windows>",
            "<window-counter name='n' count-interval='500 milliseconds'/></windows><edges><edge source='s' target='n'/></edges>",
            StringComparison.Ordinal), Cancel);
        await using var worker = Start("run", model, "--until-finished", "--out", At("all"));
        Assert.Equal(0, await worker.WaitForExitAsync());
        var lines = await File.ReadAllLinesAsync(At("all/q.n.csv"), Cancel);
        Assert.StartsWith("I,N, s,2,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_command_line_prints_the_usage_and_ends_with_2()
    {
        await using var worker = Start("run", "m.xml", "--bogus");
        Assert.Equal(2, await worker.WaitForExitAsync());
        Assert.Contains("Unknown option '--bogus'.", worker.Output);
        Assert.Contains("Usage:", worker.Output);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("validate")]
    public async Task Problems_of_a_model_are_printed_with_their_places_before_anything_starts(string command)
    {
        var model = Model("rate", "fast");
        await using var worker = Start(command, model);
        Assert.Equal(1, await worker.WaitForExitAsync());
        Assert.Contains(
            worker.Output,
            l => l.StartsWith($"{model}:", StringComparison.Ordinal) && l.Contains(" error LS1033 p/q/s/in: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Validate_prints_json_on_request_and_ends_with_0_for_a_sound_model()
    {
        await using var worker = Start("validate", Model("nosuch", "1"), "--json");
        Assert.Equal(0, await worker.WaitForExitAsync());
        using var json = JsonDocument.Parse(string.Concat(worker.Output));
        Assert.Contains(json.RootElement.EnumerateArray(), p => p.GetProperty("severity").GetString() == "warning"
            && p.GetProperty("code").GetString() == "LS1031");
    }

    [Fact]
    public async Task Files_go_in_order_into_source_windows_and_every_window_into_its_file()
    {
        var model = At("flow.xml");
        await File.WriteAllTextAsync(model, """
            <project name="p" pubsub="none"><properties><property name="LEAST">100</property></properties>
              <contqueries><contquery name="q" trace="big"><windows>
              <window-source name="s"><schema-string>id*:int32,name:string,at:date</schema-string>
                <connectors><connector class="nosuch" name="c"><properties/></connector></connectors></window-source>
              <window-filter name="big"><expression>id &gt;= @LEAST@</expression></window-filter>
            </windows><edges><edge source="s" target="big"/></edges></contquery></contqueries></project>
            """, Cancel);
        await File.WriteAllTextAsync(At("a.csv"), "\uFEFFopcode,flags,id,name,at\r\ni,n,1,a,1970-01-02\r\ni, n, 22 ,\"b,c\" ,1970-01-03,extra"
            + "\r\nx,n,1\r\np,n,22,d", Cancel);
        await File.WriteAllTextAsync(At("b.json"), """
            [{"opcode":"delete","id":"22"}, {"id": 3, "name": null, "at": 5}]
            """, Cancel);
        await File.WriteAllTextAsync(At("c.xml"), """

            <?xml version="1.0" encoding="utf-8"?>
            <events><event><opcode>p</opcode><id key="true">1</id><name><![CDATA[ <x/> ]]></name></event>
            <event><opcode>u</opcode><id>77</id></event></events>
            """, Cancel);
        await using var worker = Start(
            "run", model, "--no-connectors", "--out", At("out"), "--set", "LEAST=10", "--until-finished",
            "--events", $"q/s={At("a.csv")}", "--header=1",
            "--dateformat=%Y-%m-%d", "--events", $"s={At("b.json")}", "--events", $"s={At("c.xml")}");
        Assert.Equal(0, await worker.WaitForExitAsync());
        Assert.Equal(
            """
            opcode,flags,id,name,at
            I,N, 1,a,86400
            I,N, 22,"b,c",172800
            UB,N, 22,d,
            D,N, 22,"b,c",172800
            D,N, 22,d,
            I,N, 3,,5
            UB,N, 1," <x/> ",
            D,N, 1,a,86400

            """, await File.ReadAllTextAsync(At("out/q.s.csv"), Cancel));
        Assert.Equal(
            "opcode,flags,id,name,at\nI,N, 22,\"b,c\",172800\nUB,N, 22,d,\nD,N, 22,\"b,c\",172800\nD,N, 22,d,\n",
            await File.ReadAllTextAsync(At("out/q.big.csv"), Cancel));
        Assert.Contains("q/big: UB,N, 22,d,", worker.Output);
        Assert.Contains($"{At("a.csv")}: 1 events could not be read and were dropped; the log says which.", worker.Output);
    }

    [Fact]
    public async Task What_is_wrong_with_files_is_said_before_anything_starts()
    {
        await using var worker = Start(
            "run", Model("blocksize", "1"), "--events", $"x={At("none.csv")}", "--until-finished");
        Assert.Equal(1, await worker.WaitForExitAsync());
        Assert.Contains($"Option '--events': there is no file '{At("none.csv")}'.", worker.Output);
        Assert.Contains("Option '--events': 'x' is no source window; source windows are q/s.", worker.Output);
    }

    [Fact]
    public async Task Timers_go_on_while_the_run_lingers()
    {
        var model = At("slide.xml");
        await File.WriteAllTextAsync(model, """
            <project name="p"><contqueries><contquery name="q"><windows>
              <window-source name="s" index="pi_EMPTY" insert-only="true"><schema-string>id*:int32</schema-string></window-source>
              <window-copy name="c"><retention type="bytime_sliding">1 second</retention></window-copy>
            </windows><edges><edge source="s" target="c"/></edges></contquery></contqueries></project>
            """, Cancel);
        await File.WriteAllTextAsync(At("a.csv"), "i,n,1\n", Cancel);
        await using var worker = Start(
            "run", model, "--out", At("out"), "--events", $"s={At("a.csv")}", "--until-finished", "--linger", "1200ms");
        Assert.Equal(0, await worker.WaitForExitAsync());
        Assert.Equal("opcode,flags,id\nI,N, 1\nD,R, 1\n", await File.ReadAllTextAsync(At("out/q.c.csv"), Cancel));
    }

    [Fact]
    public async Task A_diagram_is_a_picture_of_all_windows_and_edges()
    {
        await using var worker = Start("diagram", Model("blocksize", "1"), "--out", At("p.svg"));
        Assert.Equal(0, await worker.WaitForExitAsync());
        var picture = XDocument.Load(At("p.svg")).Root!;
        Assert.Equal("svg", picture.Name.LocalName);
        Assert.Contains(picture.Descendants(), e => e.Value == "source, in: fs, out: fs");
    }

    [Fact]
    public async Task A_running_worker_tells_its_status_and_ends_by_sigterm_with_0()
    {
        WriteInput("i,n,1,a\n");
        await using var worker = Start("run", Model("growinginputfile", "true"), "--member", "m-1", "--group", "g");
        var address = await AddressAsync(worker);
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        await Eventually.TrueAsync(async () =>
            (await http.GetFromJsonAsync<JsonElement>("/status", Cancel)).GetProperty("eventsIn").GetInt64() == 1);
        var status = await http.GetFromJsonAsync<JsonElement>("/status", Cancel);
        Assert.Equal(("g", "m-1", "p", "running", worker.Id),
            (status.GetProperty("group").GetString(), status.GetProperty("member").GetString(), status.GetProperty("project").GetString(),
            status.GetProperty("state").GetString(), status.GetProperty("pid").GetInt32()));
        Assert.Equal("live", await http.GetStringAsync("/health/live", Cancel));
        Assert.Equal("ready", await http.GetStringAsync("/health/ready", Cancel));
        Assert.Contains("lockstep_events_in", await http.GetStringAsync("/metrics", Cancel), StringComparison.Ordinal);
        Assert.Contains("starting esp server", await http.GetStringAsync("/log", Cancel), StringComparison.Ordinal);
        Assert.Equal(404, (int)(await http.GetAsync("/snapshot", Cancel)).StatusCode);
        worker.Terminate();
        Assert.Equal(0, await worker.WaitForExitAsync());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<string> AddressAsync(ChildProcess worker)
    {
        string? line = null;
        await Eventually.TrueAsync(
            () => (line = worker.Output.FirstOrDefault(l => l.Contains("status at ", StringComparison.Ordinal))) is not null,
            state: worker.Describe);
        var at = line!.IndexOf("status at ", StringComparison.Ordinal) + "status at ".Length;
        return line[at..].Replace("/status", "", StringComparison.Ordinal);
    }

    private static ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "Lockstep.Engine.Worker.dll"), .. arguments]);

    private void WriteInput(string text) => File.WriteAllText(At("in.csv"), text);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private string Model(string property, string value)
    {
        File.WriteAllText(At("model.xml"), $"""
            <project name="p" pubsub="auto"><contqueries><contquery name="q"><windows>
              <window-source name="s">
                <schema><fields><field name="id" type="int64" key="true"/><field name="name" type="string"/></fields></schema>
                <connectors>
                  <connector class="fs" name="in"><properties>
                    <property name="type">pub</property><property name="fstype">csv</property>
                    <property name="fsname">@ESP_PROJECT_HOME@/in.csv</property><property name="{property}">{value}</property>
                  </properties></connector>
                  <connector class="fs" name="out"><properties>
                    <property name="type">sub</property><property name="fstype">csv</property>
                    <property name="fsname">@ESP_PROJECT_HOME@/out.csv</property><property name="header">full</property>
                  </properties></connector>
                </connectors>
              </window-source>
            </windows></contquery></contqueries></project>
            """);
        return At("model.xml");
    }
}
