using System.Net;
using System.Net.Sockets;
using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Files;

/// <summary>fs connectors over sockets: real ones on loopback, in both directions, for each type.</summary>
public sealed class SocketTests : IDisposable
{
    private readonly Rig _rig = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("xml", "<events><transaction><event><id>1</id></event><event><id>2</id></event></transaction>", "<event><id>3</id></event>")]
    [InlineData("xml", "<?xml version='1.0'?><events><transaction><event><id>1</id></event><event><id>2</id></event></transaction>\n",
        "<event><id>3</id></event></events>")]
    [InlineData("json", "[[{\"id\":1},{\"id\":2}]", ",{\"id\":3}]")]
    [InlineData("json", "{\"events\":[{\"id\":1},{\"id\":2}]}\n", "{\"id\":3}\n")]
    public async Task A_publisher_gives_what_is_whole_while_the_connection_is_open(string type, string first, string second)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        var reader = Connecting(listener, ("fstype", type), ("blocksize", "100"));
        var run = reader.RunAsync(Cancel);
        List<string> blocks = [];
        using (var peer = await listener.AcceptTcpClientAsync(Cancel))
        {
            await peer.GetStream().WriteAsync(Encoding.UTF8.GetBytes(first), Cancel);
            await Eventually.TrueAsync(() => Count(blocks) == 1, state: () => reader.Status);
            foreach (var b in Encoding.UTF8.GetBytes(second))
            {
                await peer.GetStream().WriteAsync(new[] { b }, Cancel);
            }

            await Eventually.TrueAsync(() => Count(blocks) == 2, state: () => reader.Status);
            Assert.Equal(["Insert 1 ;Insert 2 ", "Insert 3 "], blocks);
            if (type == "xml" && !second.EndsWith("</events>", StringComparison.Ordinal))
            {
                await peer.GetStream().WriteAsync("</events>"u8.ToArray(), Cancel);
            }
        }

        await run;
        Assert.Equal((ConnectorState.Finished, null), (reader.Status.State, reader.Status.Reason));
    }

    [Theory]
    [InlineData("csv", "I,N,1,a\nI,N,2,#", "\n")]
    [InlineData("csv", "I,N,1,a\nI,N,2,\"#\n", "\"\n")]
    [InlineData("xml", "<events><event><id>1</id><name>a</name></event>\n<event><id>2</id><name>#", "</name></event></events>")]
    [InlineData("json", "[{\"id\":1,\"name\":\"a\"},\n{\"id\":2,\"name\":\"#", "\"}]")]
    [InlineData("cef", "CEF:0|v|p|1|s|n|5|id=1 name=a\nCEF:0|v|p|1|s|n|5|id=2 name=#", "\n")]
    public async Task A_publisher_does_not_let_events_wait_for_the_rest_of_the_next_one(string type, string first, string rest)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        var reader = Connecting(listener, ("fstype", type), ("blocksize", "100"), ("maxevents", "2"));
        var run = reader.RunAsync(Cancel);
        List<string> blocks = [];
        using var peer = await listener.AcceptTcpClientAsync(Cancel);

        // More than a reader's buffer: when it has the first event, a part of the second is still to be read, and not all of it there.
        await peer.GetStream().WriteAsync(Encoding.UTF8.GetBytes(first.Replace("#", new string('b', 200_000), StringComparison.Ordinal)), Cancel);
        await Eventually.TrueAsync(() => Count(blocks) == 1, state: () => reader.Status);
        await peer.GetStream().WriteAsync(Encoding.UTF8.GetBytes(rest), Cancel);

        // It has the two events it may have, and does not wait for what else the peer would send.
        await run.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal((2, ConnectorState.Finished, 2L), (Count(blocks), reader.Status.State, reader.Status.EventsIn));
        Assert.Equal("Insert 1 a", blocks[0]);
        Assert.StartsWith("Insert 2 b", blocks[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv", "id,name\nI,N, 1,a\n", "id,name\nI,N, 2,b\n")]
    [InlineData("xml", "<events>\n<transaction>\n<event><opcode>insert</opcode><id key=\"true\">1</id><name>a</name></event>\n</transaction>\n",
        "<events>\n<transaction>\n<event><opcode>insert</opcode><id key=\"true\">2</id><name>b</name></event>\n</transaction>\n</events>\n")]
    [InlineData("json", "{\"opcode\":\"insert\",\"id\":\"1\",\"name\":\"a\"}\n", "{\"opcode\":\"insert\",\"id\":\"2\",\"name\":\"b\"}\n")]
    public async Task A_subscriber_listens_for_one_peer_after_the_other_and_each_gets_a_whole_text(string type, string first, string second)
    {
        var port = FreePorts.Next();
        var connector = Subscriber(("fsname", $":{port}"), ("fstype", type), ("header", "true"));
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "a")));
        using (var peer = await ConnectAsync(port))
        {
            Assert.Equal(first, await ReadAsync(peer, first.Length));
        }

        // The next one waits until it is there.
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 2, "b")));
        using var next = await ConnectAsync(port);
        await Eventually.TrueAsync(() => connector.Status.EventsOut == 2, state: () => connector.Status);
        await stop.CancelAsync();
        await run;
        Assert.Equal((ConnectorState.Stopped, second), (connector.Status.State, await ReadAsync(next, int.MaxValue)));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("xml")]
    [InlineData("json")]
    public async Task A_subscriber_connects_to_a_publisher_once_that_listens(string type)
    {
        var port = FreePorts.Next();
        var connector = Subscriber(("fsname", $"127.0.0.1:{port}"), ("fstype", type));
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "a"), (Opcode.Delete, EventFlags.None, 2, "b")));
        await Eventually.TrueAsync(() => connector.Status.Reason is not null);
        var reader = _rig.Publisher(("fsname", $":{port}"), ("fstype", type), ("blocksize", "2"), ("maxevents", "2"));
        await reader.RunAsync(Cancel);
        Assert.Equal("Insert 1 a;Delete 2 b", string.Join(';', _rig.Blocks()));
        await stop.CancelAsync();
        await run;
        Assert.Equal(ConnectorState.Stopped, connector.Status.State);
    }

    [Fact]
    public async Task A_subscriber_without_a_peer_ends_at_once_when_nothing_waits_and_says_what_is_lost_when_something_does()
    {
        var connector = Subscriber(("fsname", $":{FreePorts.Next()}"), ("fstype", "csv"));
        using (var stop = new CancellationTokenSource())
        {
            var run = connector.RunAsync(stop.Token);
            await stop.CancelAsync();
            await run.WaitAsync(TimeSpan.FromSeconds(5), Cancel);
        }

        Assert.Equal(ConnectorState.Stopped, connector.Status.State);
        var lost = Subscriber(("fsname", $":{FreePorts.Next()}"), ("fstype", "csv"));
        using (var stop = new CancellationTokenSource())
        {
            var run = lost.RunAsync(stop.Token);
            lost.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "a")));
            await stop.CancelAsync();
            await run;
        }

        Assert.Equal((ConnectorState.Failed, "The project stops and the other side did not take the rest: 1 messages are lost."),
            (lost.Status.State, lost.Status.Reason));
    }

    [Fact]
    public void A_socket_has_no_size_to_begin_a_new_file_at()
    {
        List<Problem> problems = [];
        var properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["fsname"] = ":1", ["fstype"] = "csv", ["maxfilesize"] = "9" };
        Lockstep.Connectors.Files.FileSubscriberOptions.Parse(new PropertyReader(properties, "p/q/w/c", default, problems), Substitutions.None);
        Assert.Contains("'maxfilesize' needs a file", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    /// <summary>A publisher that connects to a listener, which is started.</summary>
    private IConnector Connecting(TcpListener listener, params (string Name, string Value)[] properties)
    {
        listener.Start();
        return _rig.Publisher([("fsname", $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"), .. properties]);
    }

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        var client = new TcpClient();
        await Eventually.TrueAsync(() =>
        {
            try
            {
                client.Connect(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                client.Dispose();
                client = new TcpClient();
                return false; // It does not listen yet.
            }
        });
        return client;
    }

    private static async Task<string> ReadAsync(TcpClient peer, int length)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (text.Length < length && await peer.GetStream().ReadAsync(buffer, Cancel) is > 0 and var read)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    private int Count(List<string> blocks)
    {
        blocks.AddRange(_rig.Blocks());
        return blocks.Count;
    }

    private ISubscriber Subscriber(params (string Name, string Value)[] properties) =>
        (ISubscriber)Rig.Create(_rig.Feed, ConnectorDirection.Subscribe, isShared: false, properties);
}
