using Lockstep.TestKit;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>A worker tells nobody the secrets of its model: not in its log, not at its end, not in problems.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Secret = "open-sesame";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("worker-secret-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_value_from_the_environment_reaches_the_model_and_comes_out_hidden()
    {
        // The file is not there, so that its name, which holds the secret, is in log and end.
        await using var worker = Start("run", await ModelAsync("/nowhere/@PW@-@LOCKSTEP_WORKER_KEY@.csv"), "--until-finished");
        Assert.Equal(4, await worker.WaitForExitAsync());
        Assert.Contains(worker.Output, l => l.Contains("/nowhere/****hidden****-", StringComparison.Ordinal));
        Assert.DoesNotContain(worker.Output, l => l.Contains(Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(worker.Output, l => l.Contains("worker-key-value", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Problems_hide_it_too()
    {
        await using var worker = Start("validate", await ModelAsync("x.csv", fstype: "@PW@"));
        Assert.Equal(1, await worker.WaitForExitAsync());
        Assert.Contains(worker.Output, l => l.Contains("fstype is '****hidden****'", StringComparison.Ordinal));
        Assert.DoesNotContain(worker.Output, l => l.Contains(Secret, StringComparison.Ordinal));
    }

    private static ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "Lockstep.Engine.Worker.dll"), .. arguments],
        new Dictionary<string, string?> { ["LOCKSTEP_SET_PW"] = Secret, ["LOCKSTEP_WORKER_KEY"] = "worker-key-value" });

    private async Task<string> ModelAsync(string file, string fstype = "csv")
    {
        var path = Path.Combine(_folder.FullName, "model.xml");
        await File.WriteAllTextAsync(path, $"""
            <project name="p" pubsub="auto"><properties><property name="LOCKSTEP_WORKER_KEY">none</property></properties>
            <contqueries><contquery name="q"><windows>
              <window-source name="s" insert-only="true">
                <schema><fields><field name="id" type="int64" key="true"/></fields></schema>
                <connectors>
                  <connector class="fs" name="in"><properties>
                    <property name="type">pub</property><property name="fstype">{fstype}</property><property name="fsname">{file}</property>
                  </properties></connector>
                  <connector class="mqtt" name="m" active="false"><properties>
                    <property name="type">pub</property><property name="mqtthost">h</property><property name="mqtttopic">t</property>
                    <property name="mqttmsgtype">csv</property><property name="mqttpassword">@PW@</property>
                  </properties></connector>
                </connectors>
              </window-source>
            </windows></contquery></contqueries></project>
            """, Cancel);
        return path;
    }
}
