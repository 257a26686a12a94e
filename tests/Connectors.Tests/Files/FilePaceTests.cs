using System.Collections.Immutable;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Lockstep.Connectors.Tests.Files;

/// <summary>How fast fs publishers publish, what they read before it, and which properties do not go together.</summary>
public sealed class FilePaceTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Rig _rig = new();

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task A_rate_of_two_a_second_gives_a_block_of_two_each_second(string prebuffer)
    {
        var time = new FakeTimeProvider();
        var run = Publisher(time, ("fsname", File("i,n,1,a\ni,n,2,b\ni,n,3,c\ni,n,4,d\n")), ("rate", "2"), ("blocksize", "2"), ("prebuffer", prebuffer))
            .RunAsync(TestContext.Current.CancellationToken);
        List<string> blocks = [];
        await Eventually.TrueAsync(() => Count(blocks) == 1);
        time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(1, Count(blocks));
        Assert.False(run.IsCompleted);
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            return run.IsCompleted;
        });
        Assert.Equal(2, Count(blocks));
        Assert.Equal(["Insert 1 a;Insert 2 b", "Insert 3 c;Insert 4 d"], blocks);
    }

    [Fact]
    public async Task A_buffered_file_with_a_bad_line_publishes_nothing()
    {
        var connector = _rig.Publisher(("fsname", File("i,n,1,a\ni,n,x,b\n")), ("prebuffer", "true"));
        await connector.RunAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_rig.Blocks());
        Assert.Equal(ConnectorState.Failed, connector.Status.State);
    }

    [Fact]
    public async Task A_buffered_file_may_be_read_again_up_to_the_most_events()
    {
        var connector = _rig.Publisher(
            ("fsname", File("i,n,1,a\ni,n,2,b\n")), ("prebuffer", "true"), ("repeatcount", "3"), ("maxevents", "5"), ("blocksize", "10"));
        await connector.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["Insert 1 a;Insert 2 b", "Insert 1 a;Insert 2 b", "Insert 1 a"], _rig.Blocks());
        Assert.Equal(ConnectorState.Finished, connector.Status.State);
    }

    [Fact]
    public async Task A_growing_file_may_have_an_object_a_line()
    {
        var path = File("{\"id\":1,\"name\":\"a\"}\n{\"id\":2,");
        var run = _rig.Publisher(("fsname", path), ("fstype", "json"), ("growinginputfile", "true"), ("maxevents", "2"))
            .RunAsync(TestContext.Current.CancellationToken);
        List<string> blocks = [];
        await Eventually.TrueAsync(() => Count(blocks) == 1);
        await System.IO.File.AppendAllTextAsync(path, "\"name\":\"b\"}\n", TestContext.Current.CancellationToken);
        await run;
        Assert.Equal(2, Count(blocks));
        Assert.Equal(["Insert 1 a", "Insert 2 b"], blocks);
    }

    [Theory]
    [InlineData(":4000", "csv", "repeatcount", "2", "'repeatcount' needs a file")]
    [InlineData("host:4000", "csv", "growinginputfile", "true", "'growinginputfile' needs a file")]
    [InlineData(":4000", "csv", "prebuffer", "true", "'prebuffer' needs a file")]
    [InlineData("a.xml", "xml", "growinginputfile", "true", "does not go with fstype=xml")]
    [InlineData("a.csv", "csv", "growinginputfile,prebuffer", "true", "'prebuffer' does not go with growinginputfile")]
    public void What_does_not_go_together_is_said(string name, string type, string properties, string value, string said)
    {
        List<Problem> problems = [];
        var all = properties.Split(',').ToDictionary(p => p, _ => value, StringComparer.Ordinal);
        (all["fsname"], all["fstype"]) = (name, type);
        Lockstep.Connectors.Files.FilePublisherOptions.Parse(new PropertyReader(all, "p/q/w/c", default, problems), Substitutions.None, 1);
        Assert.Contains(said, Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    private int Count(List<string> blocks)
    {
        blocks.AddRange(_rig.Blocks());
        return blocks.Count;
    }

    private IConnector Publisher(TimeProvider time, params (string Name, string Value)[] properties) => Rig.Create(
        _rig.Feed,
        new ConnectorDefinition(
            "fs", "c", ConnectorDirection.Publish, true, properties.ToImmutableSortedDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal), default),
        time: time);

    private string File(string text)
    {
        var path = _folder.At("in");
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
