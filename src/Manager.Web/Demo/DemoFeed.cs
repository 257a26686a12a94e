using System.Globalization;
using System.Text;
using Lockstep.Manager.Web.Options;

namespace Lockstep.Manager.Web.Demo;

/// <summary>Appends rows to the demo's input file at a steady rate: n = 1, 2, 3, ..., going on after a restart.</summary>
internal sealed class DemoFeed(ManagerOptions options, TimeProvider time) : BackgroundService
{
    private const string Header = "opcode,flags,index_esp,Record_Counter,MemoryUsed,MemoryFree,epoch\n";
    private const int TailBytes = 4096;
    private const int MaxRowsAtOnce = 10_000;

    // Five pieces a second look live to a person, and each piece costs every member a transaction.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>The file.</summary>
    public static string FileOf(ManagerOptions options) => Path.Combine(options.DataFolder, "demo", "input.csv");

    /// <summary>Creates the file with its header if it is not there.</summary>
    public static void Prepare(ManagerOptions options)
    {
        var path = FileOf(options);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            File.WriteAllText(path, Header);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsDemo)
        {
            return;
        }

        Prepare(options);
        await using var file = new FileStream(FileOf(options), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var n = LastN(file);
        var begun = time.GetTimestamp();
        var written = 0L;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // By the clock, not by the tick: a late tick writes the rows it owes, up to a limit.
            var due = (long)(time.GetElapsedTime(begun).TotalSeconds * options.DemoRate) - written;
            written += due;
            var text = new StringBuilder();
            for (var i = 0; i < Math.Min(due, MaxRowsAtOnce); i++)
            {
                Append(text, ++n, time.GetUtcNow());
            }

            await file.WriteAsync(Encoding.ASCII.GetBytes(text.ToString()), stoppingToken);
            await file.FlushAsync(stoppingToken);
        }
    }

    /// <summary>A row <c>i,n,,n,used,free,epoch</c>: memory in MB goes up and down with n, so that it is the same at each run.</summary>
    internal static void Append(StringBuilder text, long n, DateTimeOffset now)
    {
        var used = 4800 + (n * 37 % 97);
        text.Append(CultureInfo.InvariantCulture, $"i,n,,{n},{used},{60_000 - used},{now.ToUnixTimeSeconds()}\n");
    }

    /// <summary>The n of the last whole row; an unfinished one, which a killed manager left, is cut off.</summary>
    internal static long LastN(FileStream file)
    {
        var length = (int)Math.Min(file.Length, TailBytes);
        var tail = new byte[length];
        file.Seek(-length, SeekOrigin.End);
        file.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf((byte)'\n') + 1;
        file.SetLength(file.Length - length + end);
        file.Seek(0, SeekOrigin.End);
        var lines = Encoding.ASCII.GetString(tail, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var fields = lines.Length == 0 ? [] : lines[^1].Split(',');
        return fields.Length > 3 && long.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;
    }
}
