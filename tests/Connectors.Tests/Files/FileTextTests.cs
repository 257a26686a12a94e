using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Lockstep.Connectors.Tests.Files;

/// <summary>What fs subscribers write is what fs publishers read: csv, xml, json; files that follow each other; lines from sockets.</summary>
public sealed class FileTextTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Rig _rig = new();

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("csv", false)]
    [InlineData("xml", false)]
    [InlineData("json", false)]
    [InlineData("xml", true)]
    [InlineData("json", true)]
    public async Task Publishers_read_what_subscribers_write(string type, bool isShared)
    {
        var path = _folder.At("out");
        await WriteAsync(isShared, path, type,
            Rig.Block((Opcode.Insert, EventFlags.None, 1, "a,\"b\"\nsecond \r\nthird"), (Opcode.UpdateBlock, EventFlags.None, 2, " <x>&]]> "),
                (Opcode.Delete, EventFlags.None, 2, "old"), (Opcode.Delete, EventFlags.Retention, 3, "\u00e4\U0001F600\n")),
            Rig.Block((Opcode.Upsert, EventFlags.None, -4, "\"")));
        var reader = _rig.Publisher(("fsname", path), ("fstype", type), ("blocksize", "10"));
        await reader.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((ConnectorState.Finished, null), (reader.Status.State, reader.Status.Reason));
        Assert.Equal(
            "Insert 1 a,\"b\"\nsecond \r\nthird;Update 2  <x>&]]> ;Delete 3 \u00e4\U0001F600\n;Upsert -4 \"", string.Join(';', _rig.Blocks()));
    }

    [Fact]
    public async Task Xml_and_json_are_whole_documents()
    {
        var block = Rig.Block((Opcode.Insert, EventFlags.None, 1, "a"), (Opcode.Delete, EventFlags.Retention, 2, "b"));
        Assert.Equal(
            "<events>\n<transaction>\n<event><opcode>insert</opcode><id key=\"true\">1</id><name>a</name></event>\n"
            + "<event><opcode>delete</opcode><flags>R</flags><id key=\"true\">2</id><name>b</name></event>\n</transaction>\n</events>\n",
            await WriteAsync(false, _folder.At("out.xml"), "xml", block));
        Assert.Equal(
            "[\n{\"opcode\":\"insert\",\"id\":\"1\",\"name\":\"a\"},\n{\"opcode\":\"delete\",\"flags\":\"R\",\"id\":\"2\",\"name\":\"b\"}\n]\n",
            await WriteAsync(false, _folder.At("out.json"), "json", block));
    }

    [Fact]
    public async Task A_line_whose_quote_never_closes_is_the_only_one_dropped()
    {
        var path = _folder.At("in.csv");
        await File.WriteAllTextAsync(path, "i,n,1,\"open\ni,n,2,b\ni,n,3,\"c\"\ni,n,4,\"d\nd\"", TestContext.Current.CancellationToken);
        var reader = _rig.Publisher(("fsname", path), ("fstype", "csv"), ("ignorecsvparseerrors", "true"));
        await reader.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["Insert 2 b", "Insert 3 c", "Insert 4 d\nd"], _rig.Blocks());
        Assert.Equal(1, reader.Status.Dropped);
    }

    [Fact]
    public async Task A_growing_file_is_waited_for_within_a_quote()
    {
        var path = _folder.At("in.csv");
        await File.WriteAllTextAsync(path, "i,n,1,\"one\n", TestContext.Current.CancellationToken);
        var reader = _rig.Publisher(("fsname", path), ("fstype", "csv"), ("growinginputfile", "true"), ("maxevents", "2"));
        var run = reader.RunAsync(TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(path, "two\"\ni,n,2,x\n", TestContext.Current.CancellationToken);
        await run;
        Assert.Equal(["Insert 1 one\ntwo", "Insert 2 x"], _rig.Blocks());
    }

    [Fact]
    public async Task Files_follow_each_other_by_size_and_by_time()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2020, 1, 1, 10, 0, 0, TimeSpan.Zero));
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["fsname"] = _folder.At("out.csv"),
            ["fstype"] = "csv",
            ["periodicity"] = "5",
            ["maxfilesize"] = "10",
            ["header"] = "true",
        };
        var values = properties.ToImmutableSortedDictionary(StringComparer.Ordinal);
        var connector = (ISubscriber)Rig.Create(
            _rig.Feed, new ConnectorDefinition("fs", "c", ConnectorDirection.Subscribe, true, values, default), time: time);
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "")));
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 2, "long")));
        time.Advance(TimeSpan.FromSeconds(6));
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 3, "")));
        await stop.CancelAsync();
        await run;
        var files = Directory.GetFiles(Path.GetDirectoryName(_folder.At("x"))!).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
        Assert.Equal(["out.csv.20200101T100000", "out.csv.20200101T100000-1", "out.csv.20200101T100006"], files);
        Assert.Equal("id,name\nI,N, 3,\n", await File.ReadAllTextAsync(_folder.At("out.csv.20200101T100006"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_publisher_connects_and_ends_with_the_connection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var reader = _rig.Publisher(("fsname", $"127.0.0.1:{port}"), ("fstype", "csv"), ("blocksize", "100"));
        var run = reader.RunAsync(TestContext.Current.CancellationToken);
        using (var peer = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken))
        {
            await peer.GetStream().WriteAsync("i,n,1,a\ni,n,2,\"b\nb\"\ni,n,3,c"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        await run;
        Assert.Equal((ConnectorState.Finished, null), (reader.Status.State, reader.Status.Reason));
        Assert.Equal("Insert 1 a;Insert 2 b\nb;Insert 3 c", string.Join(';', _rig.Blocks()));
    }

    [Fact]
    public async Task A_publisher_listens_on_loopback_for_one_peer_after_the_other()
    {
        var port = FreePorts.Next();
        var reader = _rig.Publisher(("fsname", $":{port}"), ("fstype", "csv"), ("blocksize", "100"));
        Assert.True(reader.IsEndless);
        using var stop = new CancellationTokenSource();
        var run = reader.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => reader.Status.Reason is not null);
        for (var peer = 1; peer <= 2; peer++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"i,n,{peer},x\n"), TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(() => reader.Status.EventsIn == peer); // With the connection open and the block not full.
        }

        await stop.CancelAsync();
        await run;
        Assert.Equal(ConnectorState.Stopped, reader.Status.State);
        Assert.Equal(["Insert 1 x", "Insert 2 x"], _rig.Blocks());
    }

    [Theory]
    [InlineData("binary")]
    [InlineData("hdat")]
    public void Types_that_are_not_run_are_refused_with_their_name(string type)
    {
        List<Problem> problems = [];
        var properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["fsname"] = "x", ["fstype"] = type };
        Lockstep.Connectors.Files.FilePublisherOptions.Parse(
            new PropertyReader(properties, "p/q/w/c", default, problems), Substitutions.None, 1);
        Assert.StartsWith($"Property 'fstype' is '{type}', which is not run: ", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    private async Task<string> WriteAsync(bool isShared, string path, string type, params EventBlock[] blocks)
    {
        var connector = (ISubscriber)Rig.Create(
            _rig.Feed, ConnectorDirection.Subscribe, isShared, ("fsname", path), ("fstype", type), ("collapse", "true"));
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        foreach (var block in blocks)
        {
            connector.Take(block);
        }

        await stop.CancelAsync();
        await run;
        return await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
    }
}
