using System.Net;
using System.Net.Sockets;

namespace Lockstep.TestKit;

/// <summary>Finds installed servers that tests start, by environment variable or on PATH.</summary>
public static class Programs
{
    private static readonly string[] Further = ["/usr/sbin", "/usr/local/sbin", "/usr/lib/rabbitmq/bin"];

    /// <summary>The path of a program.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="variable">The environment variable that may hold its path.</param>
    /// <param name="package">The package that has it.</param>
    /// <exception cref="FileNotFoundException">It is not there; the message says how to get it.</exception>
    public static string Find(string name, string variable, string package)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given)
        {
            return File.Exists(given) ? given : throw new FileNotFoundException($"{variable} is '{given}', and no such file exists.");
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(Further)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"This test needs the program {name}, and it is not on PATH. Install it with scripts/install-prerequisites.sh (Debian package "
                + $"{package}), or set {variable} to its path.");
    }

    /// <summary>True once something accepts connections on a loopback port.</summary>
    /// <param name="process">Who should; its early end is an error.</param>
    /// <param name="port">The port.</param>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public static async Task<bool> ListensAsync(ChildProcess process, int port)
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException($"The server ended while starting: {process.Describe()}");
        }

        try
        {
            using TcpClient client = new();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false; // Not yet.
        }
    }
}
