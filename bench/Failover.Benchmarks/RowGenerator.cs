using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Lockstep.Failover.Benchmarks;

/// <summary>
/// Appends rows <c>i,n,,n,used,free,epoch</c> to a file at a steady rate, n = 1, 2, 3, ... under one header line. Rows are
/// written in pieces that end anywhere, as a real logger's are, so that readers meet unfinished lines.
/// </summary>
internal sealed class RowGenerator(string path, int rate) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>The last n of which the whole line is in the file.</summary>
    public long LastN { get; private set; }

    public void Start()
    {
        File.WriteAllText(path, "opcode,flags,index_esp,Record_Counter,MemoryUsed,MemoryFree,epoch\n");
        _loop = Task.Run(RunAsync);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var clock = Stopwatch.StartNew();
        var text = new StringBuilder();
        var n = 0L;
        while (!_stop.IsCancellationRequested)
        {
            var due = (long)(clock.Elapsed.TotalSeconds * rate);
            for (; n < due; text.Append(CultureInfo.InvariantCulture, $"i,n,,{++n},4845,55038,{1617126214 + n}\n"))
            {
            }

            // All but the last few bytes: the line's end comes with the next piece.
            await WriteAsync(file, text, text.Length - (int)Math.Min(n % 7, text.Length));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        await WriteAsync(file, text, text.Length);
        LastN = n;
    }

    private static async Task WriteAsync(FileStream file, StringBuilder text, int length)
    {
        await file.WriteAsync(Encoding.ASCII.GetBytes(text.ToString(0, length)));
        await file.FlushAsync();
        text.Remove(0, length);
    }
}
