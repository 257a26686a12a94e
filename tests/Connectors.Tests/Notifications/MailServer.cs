using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Lockstep.Connectors.Tests.Notifications;

/// <summary>A mail server on loopback that keeps what it is given; it may refuse the first mails.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _refusals;

    public MailServer(int refusals = 0)
    {
        _refusals = refusals;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The mails as they came, headers and body, with who they were for in front.</summary>
    public ConcurrentQueue<string> Mails { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> clients = [];
        try
        {
            while (true)
            {
                clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        var recipients = "";
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                case "MAIL" when Interlocked.Decrement(ref _refusals) >= 0:
                    await writer.WriteLineAsync("451 later");
                    break;
                case "RCPT":
                    recipients += $"{line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)]} ";
                    await writer.WriteLineAsync("250 ok");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    Mails.Enqueue(recipients + await ReadMailAsync(reader));
                    recipients = "";
                    await writer.WriteLineAsync("250 taken");
                    break;
                default:
                    await writer.WriteLineAsync("250 ok");
                    break;
            }
        }
    }

    private async Task<string> ReadMailAsync(StreamReader reader)
    {
        var lines = new List<string>();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
        {
            lines.Add(line);
        }

        return string.Join('\n', lines);
    }
}
