namespace Lockstep.TestKit;

/// <summary>A real server in one child process that listens on a port of loopback, with a folder of its own.</summary>
public abstract class PortServer : IAsyncDisposable
{
    private protected static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private readonly DirectoryInfo _folder;
    private ChildProcess? _process;

    private protected PortServer(string folderPrefix) => _folder = Directory.CreateTempSubdirectory(folderPrefix);

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; } = FreePorts.Next();

    private protected string Folder => _folder.FullName;

    /// <summary>Kills the server.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.KillAsync();
            await process.DisposeAsync();
        }
    }

    /// <summary>Kills the server if it runs, and starts it on its port; waits until it listens.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        ChildProcess process = Launch();
        _process = process;
        await Eventually.TrueAsync(() => Programs.ListensAsync(process, Port), StartDeadline, process.Describe);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Starts the process.</summary>
    private protected abstract ChildProcess Launch();

    /// <summary>Starts a new server; one that does not start is disposed of.</summary>
    private protected static async Task<T> StartAsync<T>(T server, Func<Task> prepare)
        where T : PortServer
    {
        try
        {
            await prepare();
            await server.RestartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
