using Lockstep.Contracts.Adapters;
using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Tests.Projects;

namespace Lockstep.Contracts.Tests.Adapters;

/// <summary>Goal: commands, urls and configuration files of the published models read. Method: their texts, and damaged ones.</summary>
public sealed class AdapterTests
{
    private const string KafkaPub = """
        kafka 
        {
        hostport = "host:9092"
        globalconfig = "enable.sparse.connections=false"
        partition = "0"
        #groupid = "mygroup"
        metatopic="ESPAdapterMetapub"
        }
        sas = {
          hotfailover=true ; numbufferedmsgs=1000
          dateformat="%Y-%m-%d %H:%M:%S" // comment
          inner { a = '1' }
        }
        """;

    [Fact]
    public void A_kafka_configuration_reads()
    {
        var problems = new List<Problem>();
        var file = AdapterConfigFile.Read(KafkaPub, "kafkapub.cfg", problems);
        Assert.Empty(problems);
        Assert.Equal("host:9092", file.Section("kafka")["hostport"]);
        Assert.Null(file.Section("kafka")["groupid"]);
        Assert.Equal("true", file.Section("sas")["hotfailover"]);
        Assert.Equal("1000", file.Section("sas")["numbufferedmsgs"]);
        Assert.Equal("%Y-%m-%d %H:%M:%S", file.Section("sas")["dateformat"]);
        Assert.Equal("1", file.Section("sas").Section("inner")["a"]);
        Assert.Equal(new TextPosition(3, 1), file.Section("kafka").Values["hostport"].Position);
        Assert.Empty(file.Section("nothing").Values);
    }

    [Theory]
    [InlineData("kafka {\na=1", 1, "Group 'kafka' is not closed")]
    [InlineData("a = 1\n}", 2, "A } closes nothing")]
    [InlineData("kafka {\n  a \"1\"\n}", 2, "'a' is followed by neither")]
    [InlineData("a = \"1\nb = 2", 1, "A quote is not closed")]
    [InlineData("= 1", 1, "'=' is not the start of a name")]
    public void A_damaged_configuration_gives_the_line(string text, int line, string message)
    {
        var problems = new List<Problem>();
        AdapterConfigFile.Read(text, "x.cfg", problems);
        var problem = Assert.Single(problems);
        Assert.Equal(line, problem.Position.Line);
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_groups_end_with_a_problem()
    {
        var problems = new List<Problem>();
        AdapterConfigFile.Read(string.Concat(Enumerable.Repeat("a{", 100_000)), "x.cfg", problems);
        Assert.Contains(problems, p => p.Message == "Groups nest too deep.");
    }

    [Fact]
    public void Every_configuration_beside_the_repository_reads()
    {
        foreach (var path in Models.SharedFolder() is { } shared ? Directory.EnumerateFiles(shared, "*.cfg", SearchOption.AllDirectories) : [])
        {
            var problems = new List<Problem>();
            var file = AdapterConfigFile.Read(File.ReadAllText(path), path, problems);
            Assert.Empty(problems);
            Assert.Equal("0", file.Section("kafka")["partition"]);
            Assert.True(file.Sections.ContainsKey("sas"));
        }
    }

    [Fact]
    public void A_published_command_reads()
    {
        var problems = new List<Problem>();
        var command = AdapterCommand.Parse(
            "dfesp_fs_adapter -C type=pub,fsname=/mnt/in.csv,fstype=csv,dateformat='%Y-%m-%d %H:%M:%S',header=2,"
            + "growinginputfile=true,loglevel=trace,transport=kafka,transportconfigfile=/mnt/kafkapub.cfg", "p", default, problems);
        Assert.Empty(problems);
        Assert.NotNull(command);
        Assert.Equal("dfesp_fs_adapter", command.Adapter);
        Assert.Equal(9, command.Properties.Count);
        Assert.Equal("%Y-%m-%d %H:%M:%S", command.Properties["dateformat"]);
    }

    [Theory]
    [InlineData("", "The command is empty")]
    [InlineData("rm -C a=1", "'rm' is not an adapter")]
    [InlineData("dfesp_fs_adapter -C a='1", "A quote in the command is not closed.")]
    [InlineData("dfesp_fs_adapter -C", "Properties are missing")]
    [InlineData("dfesp_fs_adapter -x", "'-x' is not understood")]
    [InlineData("dfesp_fs_adapter -C a", "'a' is not name=value.")]
    [InlineData("dfesp_fs_adapter -C a=1,a=2", "Property 'a' occurs twice.")]
    public void A_damaged_command_says_what_is_wrong(string text, string message)
    {
        var problems = new List<Problem>();
        AdapterCommand.Parse(text, "p", new TextPosition(3, 4), problems);
        var problem = Assert.Single(problems);
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(new TextPosition(3, 4), problem.Position);
    }

    [Theory]
    [InlineData("dfESP://HAtopic1:31415/p/cq/w?snapshot=false")]
    [InlineData("url=\"dfESP://HAtopic1:31415/p/cq/w?snapshot=false\"")]
    [InlineData(" dfesp://HAtopic1:31415/p/cq/w?snapshot=false ")]
    public void A_url_gives_the_prefix_of_topics(string text)
    {
        Assert.True(PubSubUrl.TryParse(text, out var url, out _));
        Assert.Equal("HAtopic1_31415", url!.TopicPrefix);
        Assert.Equal("w", url.Window);
        Assert.Equal("false", url.Parameters["snapshot"]);
        Assert.Equal("dfESP://HAtopic1:31415/p/cq/w", url.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://h:1/p/cq/w")]
    [InlineData("dfESP://h/p/cq/w")]
    [InlineData("dfESP://h:99999/p/cq/w")]
    [InlineData("dfESP://h:1/p/cq")]
    [InlineData("dfESP://h:1/p//w")]
    public void What_is_no_url_is_refused(string text)
    {
        Assert.False(PubSubUrl.TryParse(text, out _, out var problem));
        Assert.NotNull(problem);
    }
}
