using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Lockstep.TestKit;

/// <summary>
/// A process that a test starts, kills, pauses and continues. Its output is kept (the newest lines), and it is always
/// ended, with its own children, when disposed.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>How many lines of output are kept; older ones are dropped.</summary>
    public const int KeptLines = 2000;

    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(10);
    private const int SignalKill = 9;
    private const int SignalTerminate = 15;
    private const int SignalContinue = 18;
    private const int SignalStop = 19;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private ChildProcess(Process process) => _process = process;

    /// <summary>The operating system's number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>True once the process has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit code of an ended process.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Standard output and error, newest lines last, in order of arrival.</summary>
    public IReadOnlyList<string> Output => [.. _lines];

    /// <summary>Starts a program.</summary>
    /// <param name="fileName">The program: a path, or a name on PATH.</param>
    /// <param name="arguments">Its arguments, not quoted.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    /// <param name="workingDirectory">Where it runs; the test's own folder when not given.</param>
    /// <param name="onLine">Called with each line, from a thread of its own.</param>
    public static ChildProcess Start(
        string fileName,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null,
        Action<string>? onLine = null)
    {
        ProcessStartInfo start = new(fileName, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? AppContext.BaseDirectory,
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        Process process = new() { StartInfo = start };
        ChildProcess child = new(process);
        process.OutputDataReceived += (_, line) => child.Keep(line.Data, onLine);
        process.ErrorDataReceived += (_, line) => child.Keep(line.Data, onLine);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Writes a line to the process's standard input.</summary>
    /// <param name="line">The line, without its end.</param>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends the process at once (SIGKILL) and waits until it is gone; its children are left alone.</summary>
    public async Task KillAsync()
    {
        Signal(SignalKill);
        await WaitForExitAsync();
    }

    /// <summary>Asks the process to end (SIGTERM); does not wait.</summary>
    public void Terminate() => Signal(SignalTerminate);

    /// <summary>Stops the process where it stands (SIGSTOP): its sockets stay open and answer nothing once this returns.</summary>
    /// <exception cref="TimeoutException">A thread of it goes on.</exception>
    public void Pause()
    {
        Signal(SignalStop);
        if (!SpinWait.SpinUntil(() => HasExited || AllThreadsStopped(), StopDeadline))
        {
            throw new TimeoutException($"A thread still runs {StopDeadline.TotalSeconds} s after SIGSTOP: {Describe()}");
        }
    }

    /// <summary>Lets a paused process go on (SIGCONT).</summary>
    public void Continue() => Signal(SignalContinue);

    /// <summary>Waits until the process has ended and its output is read.</summary>
    /// <param name="deadline">How long to wait; 30 s when not given.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It goes on; the message has its last lines.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan? deadline = null)
    {
        TimeSpan limit = deadline ?? Eventually.DefaultDeadline;
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit, TimeProvider.System);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Describe()} did not end within {limit.TotalSeconds} s.");
        }
    }

    /// <summary>The program with its last lines of output, for failure messages.</summary>
    public string Describe()
    {
        string state = HasExited ? $"ended with {ExitCode}" : "running";
        return $"{_process.StartInfo.FileName} (pid {Id}, {state}); last output:{Environment.NewLine}"
            + string.Join(Environment.NewLine, Output.TakeLast(40));
    }

    /// <summary>Ends the process and its children if they still run.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            try
            {
                _process.Kill(entireProcessTree: true);
            }
            catch (Exception ended) when (ended is InvalidOperationException or Win32Exception && _process.HasExited)
            {
                // It ended by itself between the question and the signal.
            }

            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>The signal is sent before the threads have seen it. In stat the state follows the name's last parenthesis.</summary>
    private bool AllThreadsStopped()
    {
        try
        {
            return Directory.GetDirectories($"/proc/{Id}/task").All(thread =>
            {
                string stat = File.ReadAllText(Path.Combine(thread, "stat"));
                return stat[stat.LastIndexOf(')') + 2] is 'T' or 't' or 'Z' or 'X';
            });
        }
        catch (IOException)
        {
            return false; // A thread ended between the two looks.
        }
    }

    private void Keep(string? line, Action<string>? onLine)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        while (_lines.Count > KeptLines && _lines.TryDequeue(out _))
        {
        }

        onLine?.Invoke(line);
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited && SendSignal(_process.Id, signal) != 0 && !_process.HasExited)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent to {Describe()}");
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
