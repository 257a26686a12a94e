namespace Lockstep.Connectors.Files;

/// <summary>Watches whether the file at a path is there, and whether it is still the one that is being read.</summary>
/// <param name="path">Its path.</param>
/// <param name="growing">False: a file that is not there is an error at once.</param>
/// <param name="time">For the interval between checks.</param>
internal sealed class FileWatch(string path, bool growing, TimeProvider time)
{
    /// <summary>Time between two checks that the file is still the same.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan AppearLook = TimeSpan.FromMilliseconds(50);

    private long _checked = time.GetTimestamp();
    private FilePrint _print = FilePrint.Empty;

    /// <summary>Waits for a growing file to appear; false: told to stop.</summary>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="waiting">Told once when it has to wait.</param>
    /// <exception cref="FileNotFoundException">The file is not there and does not grow.</exception>
    public bool WaitUntilThere(Action<string> waiting, CancellationToken stop)
    {
        var told = false;
        while (!File.Exists(path))
        {
            if (!growing)
            {
                throw new FileNotFoundException($"File '{path}' is not there.");
            }

            if (!told)
            {
                waiting($"Waits for file '{path}' to appear.");
                told = true;
            }

            if (stop.WaitHandle.WaitOne(AppearLook))
            {
                return false;
            }
        }

        return !stop.IsCancellationRequested;
    }

    /// <summary>
    /// At an interval: how the file differs from what was read, or null. Its beginning must be what it was, and it must not
    /// have become shorter.
    /// </summary>
    /// <param name="offset">How many bytes of it have been read.</param>
    public string? WasReplaced(long offset)
    {
        if (time.GetElapsedTime(_checked) < CheckInterval)
        {
            return null;
        }

        _checked = time.GetTimestamp();
        var found = Compare(_print, offset);
        if (found is null && _print.Bytes < FilePrint.MaxBytes)
        {
            _print = FilePrint.Of(path, offset);
        }

        return found;
    }

    /// <summary>Remembers the print of what a stored position was made of.</summary>
    public void Expect(FilePrint print) => _print = print;

    /// <summary>How the file differs from a print and a position, or null; asked at once.</summary>
    public string? Compare(FilePrint print, long offset)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return $"File '{path}' was removed after {offset} bytes were read.";
        }

        if (file.Length < offset)
        {
            return $"File '{path}' has {file.Length} bytes, but {offset} bytes were read: it was cut or replaced.";
        }

        return print.Fits(path) ? null : $"File '{path}' begins with other bytes than those that were read: it was replaced.";
    }
}
