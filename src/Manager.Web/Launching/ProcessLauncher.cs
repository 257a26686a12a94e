using System.Collections;

namespace Lockstep.Manager.Web.Launching;

/// <summary>Starts programs that outlive the manager: own session, own log file, no shell.</summary>
internal sealed partial class ProcessLauncher(ILogger<ProcessLauncher> logger)
{
    /// <summary>A log file that is longer than this is put aside (one older one is kept) when its program is started again.</summary>
    public const long MaxLogBytes = 16 * 1024 * 1024;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Full path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="logFile">Where its output goes.</param>
    /// <param name="variables">Added to the environment; the manager's own settings and token are taken out of it.</param>
    /// <returns>The process; null when it has ended already.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">It could not be started.</exception>
    public ProcessIdentity? Start(
        string program, IReadOnlyList<string> arguments, string logFile, IReadOnlyDictionary<string, string> variables)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(logFile)!);
        if (File.Exists(logFile) && new FileInfo(logFile).Length > MaxLogBytes)
        {
            File.Move(logFile, logFile + ".1", overwrite: true);
        }

        var pid = NativeProcess.Spawn(program, arguments, EnvironmentWith(variables), logFile);
        LogStarted(logger, pid, logFile);
        return ProcessIdentity.Of(pid);
    }

    private static Dictionary<string, string> EnvironmentWith(IReadOnlyDictionary<string, string> variables)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!name.StartsWith("LOCKSTEP_", StringComparison.Ordinal) && !name.StartsWith("ASPNETCORE_", StringComparison.Ordinal))
            {
                environment[name] = (string?)variable.Value ?? "";
            }
        }

        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return environment;
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Information, Message = "Started process {Pid}, output in {LogFile}")]
    private static partial void LogStarted(ILogger logger, int pid, string logFile);
}
