using System.Globalization;
using System.Text;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Hubs;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>Log lines of a member around a moment: from its log file, which has also the last words of a killed one.</summary>
internal static class LogExcerpt
{
    /// <summary>Lines of a member in a report at most; those nearest to the switch.</summary>
    public const int MaxLines = 150;

    private const int TailBytes = 1024 * 1024;

    /// <summary>The lines, oldest first.</summary>
    /// <param name="member">The member.</param>
    /// <param name="file">Its log file, which need not exist; null for none, as with a member that only an upgrade has.</param>
    /// <param name="pushed">What it has pushed; used when the file has nothing.</param>
    /// <param name="at">The switch.</param>
    /// <param name="span">Time before and after.</param>
    public static IReadOnlyList<ReportLogLine> Of(
        string member, string? file, IReadOnlyList<WorkerLogLine> pushed, DateTimeOffset at, TimeSpan span)
    {
        var lines = Tail(file).Select(l => Parse(member, l)).OfType<ReportLogLine>().Where(IsNear).ToList();
        if (lines.Count == 0)
        {
            lines = [.. pushed.Select(l => new ReportLogLine(l.At, member, l.Level, l.Category, l.Message)).Where(IsNear)];
        }

        return [.. lines.OrderBy(l => (l.At - at).Duration()).Take(MaxLines).OrderBy(l => l.At)];

        bool IsNear(ReportLogLine line) => (line.At - at).Duration() <= span;
    }

    /// <summary>Reads a line such as <c>2026-11-25T17:20:01.123Z info Lockstep.Connectors text</c>; null for any other.</summary>
    public static ReportLogLine? Parse(string member, string line)
    {
        var parts = line.Split(' ', 4);
        return parts.Length == 4
            && DateTimeOffset.TryParse(parts[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            && LevelOf(parts[1]) is { } level
                ? new ReportLogLine(at, member, level, parts[2], parts[3])
                : null;
    }

    private static string? LevelOf(string shortName) => shortName switch
    {
        "trce" => "Trace",
        "dbug" => "Debug",
        "info" => "Information",
        "warn" => "Warning",
        "fail" => "Error",
        "crit" => "Critical",
        _ => null,
    };

    private static string[] Tail(string? path)
    {
        if (path is null)
        {
            return [];
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(TailBytes, file.Length), SeekOrigin.End);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd().Split('\n');
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return []; // Not started by this manager, or cleaned away: what was pushed is used instead.
        }
    }
}
