using System.Net;
using System.Text;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Web;

/// <summary>A web server on loopback whose answers the test decides.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerContext, Task> _answer;
    private readonly Task _serving;

    public StubServer(Func<HttpListenerContext, Task> answer)
    {
        _answer = answer;
        Port = FreePorts.Next();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port { get; }

    public List<string> Asked { get; } = [];

    public static StubServer Texts(Func<string, (int Status, string Text)> answer) => new(async context =>
    {
        var (status, text) = answer(context.Request.RawUrl!);
        context.Response.StatusCode = status;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        context.Response.Close();
    });

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

            lock (Asked)
            {
                Asked.Add($"{context.Request.HttpMethod} {context.Request.RawUrl} {context.Request.Headers["X-Key"]}".TrimEnd());
            }

            await _answer(context);
        }
    }
}
