using System.Net;
using System.Net.WebSockets;
using Lockstep.TestKit;

namespace Lockstep.Corpus.Tests;

/// <summary>
/// The server that an example's <c>server.txt</c> names, a real one on a free port of loopback: mqtt, rmq, redis, kafka; or http, which
/// serves the example's folder <c>site</c>, the lines of a file as messages to who asks for a web socket.
/// </summary>
internal sealed class ExampleServer : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _owned = [];

    private ExampleServer()
    {
    }

    /// <summary>Options of the worker: values for the tokens of the model, PORT always and who the server lets in; where Kafka is.</summary>
    public List<string> Options { get; } = [];

    /// <summary>Starts the server of an example; without a <c>server.txt</c> there is only a port that is free.</summary>
    /// <param name="folder">The example's folder.</param>
    public static async Task<ExampleServer> StartAsync(string folder)
    {
        var server = new ExampleServer();
        var file = Path.Combine(folder, "server.txt");
        var name = File.Exists(file) ? (await File.ReadAllTextAsync(file)).Trim() : "";
        var port = name switch
        {
            "" => FreePorts.Next(),
            "http" => server.Own(new FolderServer(Path.Combine(folder, "site"))).Port,
            "mqtt" => server.Own(await MosquittoServer.StartAsync(), MosquittoServer.User, MosquittoServer.Password).Port,
            "rmq" => server.Own(await RabbitServer.StartAsync(), "guest", "guest").Port,
            "redis" => server.Own(await RedisServer.StartAsync(), "", RedisServer.Password).Port,
            "kafka" => server.Own(await KafkaCluster.StartAsync()).Ports[0],
            _ => throw new InvalidDataException($"{file}: no server '{name}' is known; known are http, mqtt, rmq, redis, kafka."),
        };
        server.Options.AddRange(["--set", $"PORT={port}"]);
        if (name == "kafka")
        {
            server.Options.AddRange(["--kafka", $"127.0.0.1:{port}"]);
        }

        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }
    }

    private T Own<T>(T server, string user = "", string password = "")
        where T : IAsyncDisposable
    {
        _owned.Add(server);
        Options.AddRange(["--set", $"USER={user}", "--set", $"PASSWORD={password}"]);
        return server;
    }

    private sealed class FolderServer : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly string _folder;
        private readonly Task _serving;

        public FolderServer(string folder)
        {
            _folder = folder;
            _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
            _listener.Start();
            _serving = ServeAsync();
        }

        public int Port { get; } = FreePorts.Next();

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
            _listener.Close();
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                var file = Path.Combine(_folder, Path.GetFileName(context.Request.Url!.AbsolutePath));
                if (context.Request.IsWebSocketRequest)
                {
                    await SendLinesAsync((await context.AcceptWebSocketAsync(null)).WebSocket, file);
                    continue;
                }

                context.Response.StatusCode = File.Exists(file) ? 200 : 404;
                await context.Response.OutputStream.WriteAsync(File.Exists(file) ? await File.ReadAllBytesAsync(file) : []);
                context.Response.Close();
            }
        }

        private static async Task SendLinesAsync(WebSocket socket, string file)
        {
            foreach (var line in await File.ReadAllLinesAsync(file))
            {
                await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, true, CancellationToken.None);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
    }
}
