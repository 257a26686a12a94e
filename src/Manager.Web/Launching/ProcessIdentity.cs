using System.Globalization;

namespace Lockstep.Manager.Web.Launching;

/// <summary>A process that can't be mistaken for a later one with the same id.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTicks">Its start in clock ticks since boot: field 22 of /proc/PID/stat (proc(5)).</param>
internal readonly record struct ProcessIdentity(int Pid, long StartTicks)
{
    /// <summary>The process that has this id now; null when there is none or it is a zombie.</summary>
    public static ProcessIdentity? Of(int pid) => Look(pid)?.Identity;

    /// <summary>True while this very process lives.</summary>
    public bool IsAlive => Pid > 0 && Of(Pid) == this;

    /// <summary>True while it lives but does not run: stopped by a signal or a debugger.</summary>
    public bool IsStopped => Pid > 0 && Look(Pid) is { State: "T" or "t" } seen && seen.Identity == this;

    /// <summary>Kills it (SIGKILL) if it lives; another process with its id is left alone.</summary>
    /// <returns>True: it lived and was killed.</returns>
    public bool Kill() => IsAlive && NativeProcess.Signal(Pid, NativeProcess.SignalKill);

    /// <summary>Asks it to end (SIGTERM) if it lives.</summary>
    /// <returns>True: it lived and was asked.</returns>
    public bool Terminate() => IsAlive && NativeProcess.Signal(Pid, NativeProcess.SignalTerminate);

    private static (ProcessIdentity Identity, string State)? Look(int pid)
    {
        string text;
        try
        {
            text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // The name (field 2) is in parentheses and may hold anything; the state follows the last one.
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && fields[0] is not ("Z" or "X")
            && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                ? (new ProcessIdentity(pid, ticks), fields[0])
                : null;
    }
}
