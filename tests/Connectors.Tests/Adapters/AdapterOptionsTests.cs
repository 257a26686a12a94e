using System.Collections.Immutable;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Tests.Adapters;

/// <summary>Adapter connectors are parsed, never run, and everything wrong with them is said before anything starts.</summary>
public sealed class AdapterOptionsTests : IDisposable
{
    private const string Url = "url=\"dfESP://HAtopic1:31415/P/CQ/W?snapshot=false\"";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_adapter_of_the_original_is_sound() =>
        Assert.Empty(Problems(Command("type=pub,header=2,growinginputfile=true,dateformat='%Y-%m-%d %H:%M:%S',loglevel=trace"), Url));

    [Theory]
    [InlineData("dfesp_db_adapter -C type=pub", ProblemCode.InvalidCommand, "dfesp_fs_adapter")]
    [InlineData("dfesp_fs_adapter -C type=pub,fsname=/a.csv", ProblemCode.InvalidCommand, "transport=kafka")]
    [InlineData("dfesp_fs_adapter; rm -rf /", ProblemCode.InvalidCommand, "supported")]
    public void What_is_not_supported_is_named_with_what_is(string command, string code, string said)
    {
        var problems = Problems(command, Url);
        Assert.Contains(problems, p => p.Code == code && p.Message.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_url_and_a_missing_file_of_the_transport_are_problems()
    {
        Assert.Contains(Problems(Command("type=pub"), "http://x"), p => p.Code == ProblemCode.InvalidUrl);
        var missing = Command("type=pub").Replace("kafka.cfg", "none.cfg", StringComparison.Ordinal);
        Assert.Contains(Problems(missing, Url), p => p.Code == ProblemCode.InvalidConfigFile);
    }

    private string Command(string settings)
    {
        File.WriteAllText(_folder.At("kafka.cfg"), """
            kafka
            {
            hostport = "vm:9092"
            globalconfig = "enable.sparse.connections=false"
            partition = "0"
            initialoffset = "largest"
            metatopic="Meta"
            }
            sas
            {
            hotfailover=true
            zookeeperhostport="vm:2181"
            failovergroup="G"
            numbufferedmsgs="1000"
            }
            """);
        return $"dfesp_fs_adapter -C {settings},fsname={_folder.At("in.csv")},fstype=csv,transport=kafka,transportconfigfile={_folder.At("kafka.cfg")}";
    }

    private static ImmutableArray<Problem> Problems(string command, string url)
    {
        var properties = ImmutableSortedDictionary.CreateRange<string, string>(
            StringComparer.Ordinal, [new("type", "pub"), new("command", command), new("url", url)]);
        var window = new SourceWindowDefinition
        {
            Name = "W",
            Schema = Rig.Schema,
            Connectors = [new ConnectorDefinition("adapter", "a", ConnectorDirection.Publish, true, properties, default)],
        };
        return ConnectorCatalog.Check(
            new ProjectDefinition(
                "P", null, 1, TimeSpan.FromSeconds(1), false, ImmutableSortedDictionary<string, string>.Empty,
                [new ContinuousQueryDefinition("CQ", [window], [], [], default)], [], []),
            Substitutions.None);
    }
}
