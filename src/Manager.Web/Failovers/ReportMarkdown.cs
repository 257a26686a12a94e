using System.Globalization;
using System.Text;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>A report as Markdown, for chats and tickets. Pure.</summary>
internal static class ReportMarkdown
{
    /// <summary>The text; times are UTC.</summary>
    public static string Of(FailoverReportResource report)
    {
        var f = report.Failover;
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"# Failover {f.Number} of {report.Group}");
        Line($"");
        Line($"{report.Summary}");
        Line($"");
        Line($"* When: {f.At.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} UTC, election of {f.FailoverGroup}");
        Line($"* Cause: {f.Cause}{(f.Actor is { } actor ? $", by {actor}" : "")}{(report.Detail is { } detail ? $" ({detail})" : "")}");
        Line($"* From {f.From ?? "nobody"} to {f.To}, epoch {f.Epoch}");
        Line($"* Verdict: {f.Verdict}{(report.IsComplete ? "" : " (facts are still gathered)")}");
        Table(text, "Phases", "phase | at | ms after start | took ms | clock of", report.Phases.Select(p => FormattableString.Invariant(
            $"{p.Name} | {Clock(p.At)} | {p.AfterMs:0.0} | {p.TookMs:0.0} | {p.Observer}")));
        Table(text, "Output", "topic | last before | first after | silence ms | read | lost | duplicated | out of order | verdict",
            report.Topics.Select(t => FormattableString.Invariant(
                $"{Cell(t.Topic)} | {Point(t.LastBefore)} | {Point(t.FirstAfter)} | {t.SilenceMs:0} | {Range(t.Range)} | {t.Lost} | ")
                + FormattableString.Invariant($"{t.Duplicated} | {t.OutOfOrder} | {t.Verdict}")));
        Table(text, "Znodes", "at | what | znode | member | zxid", report.Znodes.Select(z => FormattableString.Invariant(
            $"{Clock(z.At)} | {z.Kind} | {Cell(z.Path)} | {z.Member ?? "-"} | {z.Zxid}")));
        if (report.Log.Count > 0)
        {
            Line($"");
            Line($"## Logs");
            Line($"");
            Line($"~~~");
            foreach (var line in report.Log)
            {
                Line($"{Clock(line.At)} {line.Member} {line.Level} {line.Message.Replace("~~~", "~ ~ ~", StringComparison.Ordinal)}");
            }

            Line($"~~~");
        }

        return text.ToString();
    }

    private static void Table(StringBuilder text, string title, string head, IEnumerable<string> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }

        text.Append('\n').Append("## ").Append(title).Append("\n\n| ").Append(head).Append(" |\n|");
        text.Insert(text.Length, "---|", head.Count(c => c == '|') + 1).Append('\n');
        foreach (var row in all)
        {
            text.Append("| ").Append(row).Append(" |\n");
        }
    }

    private static string Point(OutputPointResource? point) => point is null
        ? "-"
        : FormattableString.Invariant($"{point.MessageId} (q {point.Q}) by {point.Member}, epoch {point.Epoch}, offset {point.Offset}");

    private static string Range(CheckedRange? range) => range is null
        ? "-"
        : FormattableString.Invariant($"q {range.FirstQ} to {range.LastQ}, {range.Records} records");

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
