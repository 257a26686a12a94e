using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Lockstep.TestKit;
using Lockstep.TestKit.Proxies;

namespace Lockstep.Kafka.Tests.Proxies;

/// <summary>Goal: the faults that tests rest on are the ones they are named for. Method: bytes to a server that echoes them.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private readonly EchoServer _server = new();
    private FaultProxy _proxy = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _proxy = FaultProxy.Start(_server.Port);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Bytes_pass_in_both_directions_and_an_end_is_passed_on()
    {
        using var client = await ConnectAsync();
        Assert.Equal([1, 2, 3], await EchoAsync(client, 1, 2, 3));
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Cancel));
        await Eventually.TrueAsync(() => _server.Ended == 1 && _proxy.Connections == 0);
        Assert.Equal(0, _proxy.Struck);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_delayed_direction_is_late_and_in_order(bool toServers)
    {
        var faults = new DirectionFaults { Delay = TimeSpan.FromMilliseconds(200), Jitter = TimeSpan.FromMilliseconds(50) };
        Set(toServers, faults);
        using var client = await ConnectAsync();
        var started = Stopwatch.GetTimestamp();
        foreach (var value in Enumerable.Range(1, 20))
        {
            await client.SendAsync(new[] { (byte)value }, Cancel);
        }

        Assert.Equal(Enumerable.Range(1, 20).Select(v => (byte)v), await ReceiveAsync(client, 20));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(195), TimeSpan.MaxValue);
        Assert.True(_proxy.Struck > 0);
    }

    [Fact]
    public async Task A_loss_costs_a_retransmission_and_no_byte()
    {
        _proxy.ToServers = new DirectionFaults { Loss = 0.5, Retransmission = TimeSpan.FromMilliseconds(20) };
        using var client = await ConnectAsync();
        for (byte value = 0; value < 40; value++)
        {
            Assert.Equal([value], await EchoAsync(client, value));
        }

        Assert.InRange(_proxy.Struck, 1, 39);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_held_direction_delivers_everything_once_the_cut_is_over(bool toServers)
    {
        using var client = await ConnectAsync();
        await EchoAsync(client, 1);
        Set(toServers, new DirectionFaults { Cut = Cut.Held });
        await client.SendAsync(new byte[] { 2 }, Cancel);
        client.Shutdown(SocketShutdown.Send); // The end waits behind the byte.
        await Eventually.TrueAsync(() => _proxy.Struck > 0);
        Assert.Equal<byte>(toServers ? [1] : [1, 2], _server.Got);
        Assert.Equal(0, client.Available);

        _proxy.Heal();
        Assert.Equal([2], await ReceiveAsync(client, 1));
        await Eventually.TrueAsync(() => _server.Ended == 1);
    }

    [Fact]
    public async Task A_swallowed_direction_loses_what_was_sent_meanwhile()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client, 1);
        _proxy.ToServers = new DirectionFaults { Cut = Cut.Swallowed };
        await client.SendAsync(new byte[] { 2 }, Cancel);
        await Eventually.TrueAsync(() => _proxy.Struck > 0);
        _proxy.Heal();
        Assert.Equal([3], await EchoAsync(client, 3));
        Assert.Equal<byte>([1, 3], _server.Got);
    }

    [Fact]
    public async Task A_connection_made_during_a_cut_reaches_the_server_after_it()
    {
        _proxy.CutOff();
        using var client = await ConnectAsync();
        await client.SendAsync(new byte[] { 1 }, Cancel);
        await Eventually.TrueAsync(() => _proxy.Connections == 1);
        Assert.Equal(0, _server.Accepted);
        _proxy.Heal();
        Assert.Equal([1], await ReceiveAsync(client, 1));
    }

    [Fact]
    public async Task Connections_can_be_reset_and_refused()
    {
        using var client = await ConnectAsync();
        await EchoAsync(client, 1);
        _proxy.ResetAll();
        await Assert.ThrowsAsync<SocketException>(async () => await client.ReceiveAsync(new byte[1], Cancel));

        _proxy.Refuses = true;
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var refused = await ConnectAsync();
            await refused.SendAsync(new byte[1], Cancel);
            await refused.ReceiveAsync(new byte[1], Cancel);
        });
        Assert.Equal(1, _proxy.Refused);
        _proxy.Heal();
        using var again = await ConnectAsync();
        Assert.Equal([9], await EchoAsync(again, 9));
    }

    [Fact]
    public async Task A_server_that_is_away_ends_the_connection()
    {
        await using var nowhere = FaultProxy.Start(FreePorts.Next());
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await ConnectAsync(nowhere);
            await client.ReceiveAsync(new byte[1], Cancel);
        });
        await Eventually.TrueAsync(() => nowhere.Connections == 0);
    }

    private void Set(bool toServers, DirectionFaults faults)
    {
        if (toServers)
        {
            _proxy.ToServers = faults;
        }
        else
        {
            _proxy.ToClients = faults;
        }
    }

    private Task<Socket> ConnectAsync() => ConnectAsync(_proxy);

    private static async Task<Socket> ConnectAsync(FaultProxy proxy)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPEndPoint.Parse(proxy.Addresses), Cancel);
        return socket;
    }

    private static async Task<byte[]> EchoAsync(Socket client, params byte[] bytes)
    {
        await client.SendAsync(bytes, Cancel);
        return await ReceiveAsync(client, bytes.Length);
    }

    private static async Task<byte[]> ReceiveAsync(Socket client, int count)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count;)
        {
            var read = await client.ReceiveAsync(bytes.AsMemory(got), Cancel);
            Assert.True(read > 0, $"The connection ended after {got} of {count} bytes.");
            got += read;
        }

        return bytes;
    }
}
