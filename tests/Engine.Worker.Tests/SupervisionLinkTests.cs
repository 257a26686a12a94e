using System.Net.Sockets;
using Lockstep.Connectors;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Worker.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>What a launcher reads from the socket, with a real socket.</summary>
public sealed class SupervisionLinkTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"s-{Guid.NewGuid():N}.sock");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task The_launcher_hears_session_beats_a_new_session_and_bye()
    {
        using var server = Listen();
        var link = new SupervisionLink(_path, "g", "m", "inc", NullLogger.Instance);
        using var connection = await server.AcceptAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(new NetworkStream(connection));
        Assert.Equal((SupervisionKind.Session, 0), await NextAsync(reader));
        Assert.Equal((SupervisionKind.Beat, 0), await NextAsync(reader));
        link.Announce(new ZooKeeperSession(7, "cGFzcw=="));
        (SupervisionKind, long) heard;
        do
        {
            heard = await NextAsync(reader);
        }
        while (heard == (SupervisionKind.Beat, 0));
        Assert.Equal((SupervisionKind.Session, 7), heard);
        link.Dispose();
        do
        {
            heard = await NextAsync(reader);
        }
        while (heard.Item1 == SupervisionKind.Beat);
        Assert.Equal(SupervisionKind.Bye, heard.Item1);
        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_launcher_that_comes_back_is_found_and_told_the_session_again()
    {
        using var link = new SupervisionLink(_path, "g", "m", "inc", NullLogger.Instance);
        link.Announce(new ZooKeeperSession(9, "cA=="));
        for (var launcher = 0; launcher < 2; launcher++)
        {
            using var server = Listen();
            using var connection = await server.AcceptAsync(TestContext.Current.CancellationToken);
            using var reader = new StreamReader(new NetworkStream(connection));
            Assert.Equal((SupervisionKind.Session, 9), await NextAsync(reader));
        }
    }

    private static async Task<(SupervisionKind Kind, long Session)> NextAsync(StreamReader reader)
    {
        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        var message = SupervisionMessageCodec.Decode(System.Text.Encoding.UTF8.GetBytes(line!));
        Assert.Equal(("g", "m", "inc", Environment.ProcessId), (message.Group, message.Member, message.Incarnation, message.Pid));
        return (message.Kind, message.SessionId);
    }

    private Socket Listen()
    {
        File.Delete(_path);
        var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(_path));
        server.Listen();
        return server;
    }
}
