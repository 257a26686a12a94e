using System.Net.WebSockets;
using System.Text;

namespace Lockstep.Connectors.Tests.Web;

/// <summary>websocket publishers against a server on loopback: each message becomes events.</summary>
public sealed class WebSocketPublisherTests : IDisposable
{
    private readonly Rig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Messages_become_events_and_a_closed_connection_is_opened_again()
    {
        var connections = 0;
        await using var server = new StubServer(async context =>
        {
            connections++;
            var socket = (await context.AcceptWebSocketAsync(null)).WebSocket;
            var key = context.Request.Headers["X-Key"];
            await SendAsync(socket, $"{{\"id\":{connections}1,\"n\":", end: false);
            await SendAsync(socket, $"\"{key}\"}}", end: true);
            try
            {
                await SendAsync(socket, $"{{\"id\":{connections}2}}", end: true);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }
            catch (WebSocketException) when (connections == 2)
            {
                // The publisher has its three events and may be gone.
            }
        });
        var connector = _rig.PublisherOf("websocket",
            ("url", $"ws://127.0.0.1:{server.Port}/feed"), ("requestHeaders", "X-Key: k1; Other: x"), ("contentType", "application/json"),
            ("maxevents", "3"), ("config", """
            <websocket-connector><publisher><function-context><functions>
              <function name='id'>json(#_content,'id')</function><function name='name'>json(#_content,'n')</function>
            </functions></function-context></publisher></websocket-connector>
            """));

        await connector.RunAsync(CancellationToken.None);

        Assert.Equal(["Insert 11 k1", "Insert 12 ", "Insert 21 k1"], _rig.Blocks());
        Assert.Equal((ConnectorState.Finished, 2), (connector.Status.State, connections));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_waited_for_until_told_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var connector = _rig.PublisherOf("websocket", ("url", "ws://127.0.0.1:1/"), ("config", "<p><generate>1</generate></p>"));
        var running = connector.RunAsync(stop.Token);
        await TestKit.Eventually.TrueAsync(() => connector.Status.Reason?.StartsWith("ws://127.0.0.1:1/", StringComparison.Ordinal) == true,
            state: () => connector.Status);
        await stop.CancelAsync();
        await running;
        Assert.Equal(ConnectorState.Stopped, connector.Status.State);
    }

    [Fact]
    public async Task A_wrong_address_fails()
    {
        var connector = _rig.PublisherOf("websocket", ("url", "http://127.0.0.1/"), ("config", "<p><generate>1</generate></p>"));
        await connector.RunAsync(CancellationToken.None);
        Assert.Equal(ConnectorState.Failed, connector.Status.State);
        Assert.Contains("ws://", connector.Status.Reason, StringComparison.Ordinal);
    }

    private static Task SendAsync(WebSocket socket, string text, bool end) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, end, CancellationToken.None);
}
