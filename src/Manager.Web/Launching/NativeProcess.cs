using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Lockstep.Manager.Web.Launching;

/// <summary>
/// The few system calls that <see cref="System.Diagnostics.Process"/> does not offer: it can neither give a child a session
/// of its own nor a file as its output, so that its children would die with the terminal or write into a broken pipe.
/// Linux (glibc and musl).
/// </summary>
internal static class NativeProcess
{
    /// <summary>SIGKILL: the process ends at once.</summary>
    public const int SignalKill = 9;

    /// <summary>SIGTERM: the process is asked to end.</summary>
    public const int SignalTerminate = 15;

    // Both types are opaque and differ by library; this is more than any has (glibc: 80 and 336 bytes).
    private const int OpaqueBytes = 1024;
    private const short SetSession = 0x80;
    private const short SetSignalMask = 0x08;
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int CreateAppend = 0x40 | 0x400;
    private const uint OwnerReadWrite = 0x180;
    private const int NoHang = 1;

    /// <summary>Starts a program in a session of its own; nothing on its input, its output and errors at the end of a file.</summary>
    /// <param name="program">Full path.</param>
    /// <param name="arguments">Without the program itself.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="logFile">Created with mode 600 when it is not there.</param>
    /// <returns>Its process id.</returns>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    public static int Spawn(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string logFile)
    {
        var actions = Marshal.AllocHGlobal(OpaqueBytes);
        var attributes = Marshal.AllocHGlobal(OpaqueBytes);
        try
        {
            Check(posix_spawn_file_actions_init(actions), program);
            Check(posix_spawnattr_init(attributes), program);
            Check(posix_spawn_file_actions_addopen(actions, 0, "/dev/null", ReadOnly, 0), program);
            Check(posix_spawn_file_actions_addopen(actions, 1, logFile, WriteOnly | CreateAppend, OwnerReadWrite), program);
            Check(posix_spawn_file_actions_adddup2(actions, 1, 2), program);
            Check(posix_spawnattr_setflags(attributes, SetSession | SetSignalMask), program);
            string?[] argv = [program, .. arguments, null];
            string?[] envp = [.. environment.Select(v => $"{v.Key}={v.Value}"), null];
            Check(posix_spawn(out var pid, program, actions, attributes, argv, envp), program);
            return pid;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            Marshal.FreeHGlobal(actions);
            Marshal.FreeHGlobal(attributes);
        }
    }

    /// <summary>Takes the end of a child of this process, if it has ended.</summary>
    /// <returns>Its exit code, or 128 + signal; null when it still runs or is not a child of this process.</returns>
    public static int? Reap(int pid)
    {
        if (waitpid(pid, out var status, NoHang) != pid)
        {
            return null;
        }

        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    /// <summary>Sends a signal.</summary>
    /// <returns>False: there is no such process, or it is another user's.</returns>
    public static bool Signal(int pid, int signal) => kill(pid, signal) == 0;

    private static void Check(int error, string program)
    {
        if (error != 0)
        {
            throw new Win32Exception(error, $"'{program}' could not be started: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_spawn_file_actions_init(nint actions);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_spawn_file_actions_destroy(nint actions);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_spawn_file_actions_addopen(
        nint actions, int descriptor, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mode);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_spawn_file_actions_adddup2(nint actions, int from, int to);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_spawnattr_init(nint attributes);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_spawnattr_destroy(nint attributes);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_spawnattr_setflags(nint attributes, short flags);

    // LPStr is UTF-8 on Unix.
    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int posix_spawn(
        out int pid, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, nint actions, nint attributes,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] argv,
        [MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] envp);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int waitpid(int pid, out int status, int options);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int pid, int signal);
}
