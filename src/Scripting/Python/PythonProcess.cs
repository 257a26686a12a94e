using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Lockstep.Contracts.Projects;

namespace Lockstep.Scripting.Python;

/// <summary>The child that runs one Python script: messages with a length in front over its standard streams.</summary>
internal sealed class PythonProcess : IDisposable
{
    private const int MessageMax = 256 * 1024 * 1024;
    private readonly Process _process;
    private readonly Stream _to;
    private readonly Stream _from;
    private readonly TimeSpan _timeout;
    private readonly string _name;

    /// <summary>Starts the interpreter; its environment holds nothing of this process but PATH and HOME.</summary>
    /// <exception cref="ScriptProcessException">There is no such interpreter.</exception>
    public PythonProcess(string name, ScriptGrants grants)
    {
        (_name, _timeout) = (name, grants.PythonTimeout);
        var start = new ProcessStartInfo(grants.Python)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = false,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };

        // Isolated mode would also ignore the seed of hashes.
        foreach (var argument in (ReadOnlySpan<string>)["-s", "-B", "-X", "utf8", "-c", ChildCode])
        {
            start.ArgumentList.Add(argument);
        }

        var (path, home) = (start.Environment["PATH"], start.Environment.TryGetValue("HOME", out var found) ? found : "/");
        start.Environment.Clear();
        foreach (var (key, value) in grants.Environment)
        {
            start.Environment[key] = value;
        }

        start.Environment["PATH"] = path;
        start.Environment["HOME"] = home;
        start.Environment["PYTHONHASHSEED"] = "0";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        start.Environment["OMP_NUM_THREADS"] = "1";
        try
        {
            _process = Process.Start(start) ?? throw new ScriptProcessException($"Python did not start for '{name}'.");
        }
        catch (Win32Exception missing)
        {
            throw new ScriptProcessException(
                $"The Python of '{name}' can't be started: {missing.Message} Install python3, or name it with --python.", missing);
        }

        (_to, _from) = (_process.StandardInput.BaseStream, _process.StandardOutput.BaseStream);
    }

    private static string ChildCode { get; } = Resource.Read("child.py");

    /// <summary>Sends a value.</summary>
    /// <exception cref="ScriptProcessException">The child is gone.</exception>
    public void Send(object? value)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(0);
        Marshal.Write(writer, value);
        writer.Flush();
        var message = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length - sizeof(int));
        try
        {
            _to.Write(message);
            _to.Flush();
        }
        catch (IOException gone)
        {
            throw Gone(gone);
        }
    }

    /// <summary>Waits for a value.</summary>
    /// <exception cref="ScriptProcessException">The child is gone, or did not answer in time and was killed.</exception>
    public object? Receive()
    {
        var isLate = new StrongBox<bool>();
        using var late = new Timer(
            _ =>
            {
                Volatile.Write(ref isLate.Value, true);
                Kill();
            },
            null, _timeout, Timeout.InfiniteTimeSpan);
        try
        {
            Span<byte> head = stackalloc byte[sizeof(int)];
            _from.ReadExactly(head);
            var length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length is < 0 or > MessageMax)
            {
                throw new InvalidDataException("Its answer has no length.");
            }

            var body = new byte[length];
            _from.ReadExactly(body);
            return Marshal.Read(body);
        }
        catch (Exception gone) when (gone is IOException or InvalidDataException)
        {
            throw Volatile.Read(ref isLate.Value)
                ? new ScriptProcessException($"The Python of '{_name}' did not answer within {_timeout.TotalSeconds:0} s and was ended.", gone)
                : Gone(gone);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private ScriptProcessException Gone(Exception cause)
    {
        Kill();
        return new ScriptProcessException($"The Python process of '{_name}' is gone: {cause.Message}", cause);
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended, which is what was wanted.
        }
    }
}
