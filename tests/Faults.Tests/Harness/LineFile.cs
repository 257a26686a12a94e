using System.Globalization;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>
/// A file that grows by lines of counters 1, 2, 3, ... as a program writes it that others read meanwhile: a line often is there in
/// part first.
/// </summary>
internal sealed class LineFile : IAsyncDisposable
{
    private const int LinesPerBeat = 5;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;

    public LineFile(string path)
    {
        File.WriteAllText(path, "opcode,flags,index_esp,Record_Counter\n");
        _writing = Task.Run(() => WriteAsync(path));
    }

    /// <summary>The last counter written.</summary>
    public long Written { get; private set; }

    /// <summary>Writes nothing more; the last line is whole.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _writing;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task WriteAsync(string path)
    {
        using var timer = new PeriodicTimer(Beat);
        await using var file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
        file.AutoFlush = true;
        while (!_stop.IsCancellationRequested)
        {
            for (var i = 0; i < LinesPerBeat; i++)
            {
                var line = string.Create(CultureInfo.InvariantCulture, $"i,n,1,{++Written}\n");
                await file.WriteAsync(line[..(line.Length / 2)]);
                await file.WriteAsync(line[(line.Length / 2)..]);
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
