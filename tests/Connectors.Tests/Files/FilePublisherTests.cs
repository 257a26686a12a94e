using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Files;

/// <summary>fs publishers: lines become blocks as the properties say.</summary>
public sealed class FilePublisherTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Rig _rig = new();

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Lines_become_blocks_of_the_block_size_and_the_publisher_finishes()
    {
        var connector = _rig.Publisher(("fsname", File("i,n,1,a\nu,n,2,b\nd,n,3,c")), ("blocksize", "2"));
        await connector.RunAsync(CancellationToken.None);
        Assert.Equal(["Insert 1 a;Update 2 b", "Delete 3 c"], _rig.Blocks());
        Assert.Equal(ConnectorState.Finished, connector.Status.State);
        Assert.Equal(3, connector.Status.EventsOut);
    }

    [Fact]
    public async Task Header_lines_are_skipped_and_opcode_and_flags_put_in_front()
    {
        var connector = _rig.Publisher(
            ("fsname", File("id,name\nrest\n1,a\n2,b\n")), ("header", "2"), ("addcsvopcode", "true"), ("addcsvflags", "normal"),
            ("publishwithupsert", "true"));
        await connector.RunAsync(CancellationToken.None);
        Assert.Equal(["Upsert 1 a", "Upsert 2 b"], _rig.Blocks());
    }

    [Fact]
    public async Task A_bad_line_ends_the_publisher_with_its_place_after_the_lines_before_it()
    {
        var path = File("i,n,1,a\ni,n,x,b\ni,n,3,c\n");
        var connector = _rig.Publisher(("fsname", path), ("blocksize", "10"));
        await connector.RunAsync(CancellationToken.None);
        Assert.Equal(["Insert 1 a"], _rig.Blocks());
        Assert.Equal(ConnectorState.Failed, connector.Status.State);
        Assert.StartsWith($"{path}:2:3: ", connector.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_line_is_no_header_because_a_field_is_called_like_its_opcode()
    {
        var schema = new Schema([new Field("i", FieldType.Int64, IsKey: true), new Field("n", FieldType.Int32)]);
        var connector = Rig.Create(_rig.Feed, "fs", schema, ConnectorDirection.Publish, false,
            ("fsname", File("i,n,1,many\ni,n,2,5\n")), ("fstype", "csv"));
        await connector.RunAsync(CancellationToken.None);
        Assert.Equal(ConnectorState.Failed, connector.Status.State);
        Assert.Empty(_rig.Blocks());
    }

    [Fact]
    public async Task A_bad_line_is_dropped_and_counted_when_parse_errors_are_ignored()
    {
        var connector = _rig.Publisher(("fsname", File("i,n,1,a\ni,n,x,b\n\ni,n,3,c\n")), ("ignorecsvparseerrors", "true"));
        await connector.RunAsync(CancellationToken.None);
        Assert.Equal(["Insert 1 a", "Insert 3 c"], _rig.Blocks());
        Assert.Equal((ConnectorState.Finished, 1), (connector.Status.State, connector.Status.Dropped));
    }

    [Fact]
    public async Task Repeat_count_adds_passes_and_max_events_ends_them()
    {
        var connector = _rig.Publisher(
            ("fsname", File("i,n,1,a\ni,n,2,b\n")), ("repeatcount", "5"), ("maxevents", "5"), ("blocksize", "4"));
        await connector.RunAsync(CancellationToken.None);
        Assert.Equal(["Insert 1 a;Insert 2 b", "Insert 1 a;Insert 2 b", "Insert 1 a"], _rig.Blocks());
    }

    [Fact]
    public async Task A_growing_file_is_waited_for_and_followed_without_unfinished_lines()
    {
        var path = _folder.At("later.csv");
        var connector = _rig.Publisher(("fsname", path), ("growinginputfile", "true"));
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => connector.Status.Reason is not null);
        await System.IO.File.WriteAllTextAsync(path, "i,n,1,a\ni,n,2", TestContext.Current.CancellationToken);
        List<string> blocks = [];
        await ExpectAsync(blocks, 1);
        await System.IO.File.AppendAllTextAsync(path, "2,b\n", TestContext.Current.CancellationToken);
        await ExpectAsync(blocks, 2);
        Assert.Equal(["Insert 1 a", "Insert 22 b"], blocks);
        await stop.CancelAsync();
        await run;
        Assert.Equal(ConnectorState.Stopped, connector.Status.State);
    }

    [Theory]
    [InlineData("stop", ConnectorState.Failed)]
    [InlineData("restart", ConnectorState.Running)]
    public async Task A_growing_file_that_was_replaced_is_never_skipped_in_silence(string choice, ConnectorState expected)
    {
        var path = File("i,n,1,a\ni,n,2,b\n");
        var connector = _rig.Publisher(("fsname", path), ("growinginputfile", "true"), ("onreplaced", choice));
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        List<string> blocks = [];
        await ExpectAsync(blocks, 2);
        await System.IO.File.WriteAllTextAsync(path, "i,n,7,x\n", TestContext.Current.CancellationToken);
        if (expected == ConnectorState.Failed)
        {
            await Eventually.TrueAsync(() => connector.Status.State == expected, state: () => connector.Status);
            Assert.Contains("onreplaced=restart", connector.Status.Reason, StringComparison.Ordinal);
        }
        else
        {
            await ExpectAsync(blocks, 3);
            Assert.Equal("Insert 7 x", blocks[^1]);
        }

        await stop.CancelAsync();
        await run;
    }

    [Theory]
    [InlineData("csv", "\uFEFFopcode,flags,ID,name\r\n , n , 1 , a \r\n\r\ni,n,2,\"b\",extra\r\ni,n,3")]
    [InlineData("csv", ",,1,a\ni,n,2\0,b\0\ni,n,3,")]
    [InlineData("xml", "\uFEFF \n<?xml version='1.0'?><events><event><id> 1 </id><name> a </name></event>"
        + "<transaction><event opcode='insert'><id key='true'>2</id><name><![CDATA[b]]></name><more/></event></transaction>"
        + "<event><opcode>i</opcode><id>3</id><name/></event></events>")]
    [InlineData("xml", "<event><id>1</id><name>a</name></event>\n<event><id>2</id><name>b</name></event><event><id>3</id></event>")]
    [InlineData("json", "[{\"id\":\"1\",\"name\":\"a\"},{\"id\":2,\"name\":\"b\",\"x\":{}},{\"id\":3,\"name\":null}]")]
    [InlineData("json", "\uFEFF{\"id\":1,\"name\":\"a\"}\n{\"event\":{\"opcode\":\"i\",\"id\":2,\"name\":\"b\"}}\n{\"events\":[{\"id\":3}]}\n")]
    public async Task Odd_files_of_every_type_give_their_events(string type, string text)
    {
        var connector = _rig.Publisher(("fsname", File(text)), ("fstype", type), ("stripnullsfromcsv", "true"));
        await connector.RunAsync(CancellationToken.None);
        Assert.Equal(["Insert 1 a", "Insert 2 b", "Insert 3 "], _rig.Blocks());
        Assert.Equal((ConnectorState.Finished, 3L), (connector.Status.State, connector.Status.EventsIn));
    }

    [Fact]
    public async Task A_transaction_is_one_block_whatever_the_size_of_blocks()
    {
        var text = "<events>" + string.Concat(Enumerable.Range(1, 5).Select(n => n switch
        {
            2 => "<transaction><event><id>2</id></event>",
            4 => "<event><id>4</id></event></transaction>",
            _ => $"<event><id>{n}</id></event>",
        })) + "</events>";
        await _rig.Publisher(("fsname", File(text)), ("fstype", "xml"), ("blocksize", "2")).RunAsync(CancellationToken.None);
        Assert.Equal(["Insert 1 ", "Insert 2 ;Insert 3 ;Insert 4 ", "Insert 5 "], _rig.Blocks());
    }

    [Theory]
    [InlineData("xml", "<events><event><id>1</id></event>\n<event><id>x</id></event></events>", ":2:2: Field 'id': 'x' is not of type int64.")]
    [InlineData("xml", "<events><event><id>1</id></event>", ": not well-formed: ")]
    [InlineData("json", "[{\"id\":1},{\"opcode\":\"z\",\"id\":1}]", ": event 2: 'z' is not an opcode")]
    [InlineData("json", "[{\"id\":1},7]", ": not well-formed: an event must be an object")]
    public async Task An_event_that_cannot_be_read_ends_the_publisher_with_its_place(string type, string text, string expected)
    {
        var connector = _rig.Publisher(("fsname", File(text)), ("fstype", type));
        await connector.RunAsync(CancellationToken.None);
        Assert.Equal(["Insert 1 "], _rig.Blocks());
        Assert.Equal(ConnectorState.Failed, connector.Status.State);
        Assert.Contains(expected, connector.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_that_does_not_grow_is_an_error()
    {
        var connector = _rig.Publisher(("fsname", _folder.At("none.csv")));
        await connector.RunAsync(CancellationToken.None);
        Assert.Equal(ConnectorState.Failed, connector.Status.State);
    }

    private Task ExpectAsync(List<string> blocks, int count) => Eventually.TrueAsync(() =>
    {
        blocks.AddRange(_rig.Blocks());
        return blocks.Count >= count;
    });

    private string File(string text)
    {
        var path = _folder.At("in.csv");
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
