using System.Net.Sockets;
using Lockstep.Connectors;
using Lockstep.Contracts.Failover;

namespace Lockstep.Engine.Worker.Links;

/// <summary>
/// Tells the launcher over its Unix socket that this process lives, and which ZooKeeper session to close when it does not
/// (docs/failover.md, supervised death). A thread of its own beats each <see cref="Beat"/>, whatever the thread pool does; a
/// socket that is gone is tried again each <see cref="Retry"/>. Nothing here ever waits for, or throws into, the engine.
/// </summary>
internal sealed partial class SupervisionLink : IDisposable
{
    /// <summary>Time between two signs of life.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    /// <summary>Time between two attempts to connect.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);

    /// <summary>A launcher that does not read is as good as gone: longer than this no write waits.</summary>
    private const int SendLimitMs = 500;

    private readonly string _path;
    private readonly SupervisionMessage _identity;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile ZooKeeperSession _session = ZooKeeperSession.None;
    private volatile bool _ends;

    /// <summary>Starts the thread.</summary>
    /// <param name="path">Path of the socket.</param>
    /// <param name="group">Name of the deployed group.</param>
    /// <param name="member">Name of this member.</param>
    /// <param name="incarnation">A value made once a process.</param>
    /// <param name="logger">Told when the launcher is found and lost.</param>
    public SupervisionLink(string path, string group, string member, string incarnation, ILogger logger)
    {
        _path = path;
        _identity = new SupervisionMessage(SupervisionKind.Session, group, member, Environment.ProcessId, incarnation, 0, "");
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "supervision", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Announces a new session; the launcher hears of it at once.</summary>
    public void Announce(ZooKeeperSession session)
    {
        _session = session;
        _wake.Set();
    }

    /// <summary>Says bye (all sessions are closed by now) and ends the thread.</summary>
    public void Dispose()
    {
        _ends = true;
        _wake.Set();
        _thread.Join(TimeSpan.FromMilliseconds(2 * SendLimitMs));
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_ends)
        {
            try
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                {
                    SendTimeout = SendLimitMs,
                };
                socket.Connect(new UnixDomainSocketEndPoint(_path));
                LogConnected(_logger, _path);
                Talk(socket);
            }
            catch (Exception gone) when (gone is SocketException or IOException)
            {
                LogGone(_logger, _path, gone.Message);
                if (!_ends)
                {
                    _wake.WaitOne(Retry);
                }
            }
        }
    }

    private void Talk(Socket socket)
    {
        ZooKeeperSession? told = null;
        while (!_ends)
        {
            var session = _session;
            if (session != told)
            {
                Send(socket, SupervisionKind.Session, session);
                told = session;
            }
            else
            {
                Send(socket, SupervisionKind.Beat, session);
            }

            _wake.WaitOne(Beat);
        }

        Send(socket, SupervisionKind.Bye, ZooKeeperSession.None);
    }

    private void Send(Socket socket, SupervisionKind kind, ZooKeeperSession session)
    {
        var message = _identity with { Kind = kind, SessionId = session.Id, SessionPassword = session.Password };
        byte[] line = [.. SupervisionMessageCodec.Encode(message), (byte)'\n'];
        socket.Send(line);
    }

    [LoggerMessage(EventId = 7101, Level = LogLevel.Information, Message = "Supervised over {Path}")]
    private static partial void LogConnected(ILogger logger, string path);

    [LoggerMessage(EventId = 7102, Level = LogLevel.Debug, Message = "No launcher on {Path}: {Reason}")]
    private static partial void LogGone(ILogger logger, string path, string reason);
}
