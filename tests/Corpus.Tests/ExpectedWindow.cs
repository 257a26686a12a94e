using System.Globalization;
using System.Text.RegularExpressions;

namespace Lockstep.Corpus.Tests;

/// <summary>Which of a window's lines an expectation lists.</summary>
internal enum ListedLines
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Those it begins with.</summary>
    First,

    /// <summary>Those it ends with.</summary>
    Last,

    /// <summary>Some of them, in their order.</summary>
    Among,

    /// <summary>All of them, in whatever order.</summary>
    Any,
}

/// <summary>What a window must put out; one section of a model's file (Models/README.txt).</summary>
/// <param name="Window">contquery.window.</param>
/// <param name="Listed">Which of its lines are listed.</param>
/// <param name="Count">How many lines it emits in all; null for not said.</param>
/// <param name="Columns">Names of the columns that are compared; null for all.</param>
/// <param name="Near">How far numbers may be off, relative to their size; 0: texts are compared.</param>
/// <param name="Lines">The lines.</param>
internal sealed partial record ExpectedWindow(
    string Window, ListedLines Listed, int? Count, string[]? Columns, double Near, List<string> Lines)
{
    /// <summary>Reads the head of a section.</summary>
    public static ExpectedWindow Parse(string head)
    {
        var words = head.Trim('[', ']').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var settings = words[1..].Select(w => w.Split('=', 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
        Assert.Empty(settings.Keys.Except(["lines", "count", "columns", "near"]));
        return new ExpectedWindow(
            words[0],
            settings.TryGetValue("lines", out var listed) ? Enum.Parse<ListedLines>(listed, ignoreCase: true) : ListedLines.All,
            settings.TryGetValue("count", out var count) ? int.Parse(count, CultureInfo.InvariantCulture) : null,
            settings.TryGetValue("columns", out var columns) ? columns.Split(',') : null,
            settings.TryGetValue("near", out var near) ? double.Parse(near, CultureInfo.InvariantCulture) : 0,
            []);
    }

    /// <summary>Compares with what a run gave.</summary>
    public void Check(ModelRun run)
    {
        var lines = run.Window(Window);
        if (Count is { } count)
        {
            Assert.True(count == lines.Length, $"{Window} emitted {lines.Length} lines, not {count}:\n{string.Join('\n', lines.Take(40))}");
        }

        if (Lines.Count == 0 && Count is not null)
        {
            return;
        }

        string[] actual = [.. lines.Select(l => Part(l, run.Columns(Window)))];
        string[] expected = [.. Lines.Select(l => BlankBehindFlags().Replace(l, "$1,"))];
        if (Listed == ListedLines.Any)
        {
            Array.Sort(actual, StringComparer.Ordinal);
            Array.Sort(expected, StringComparer.Ordinal);
        }

        if (Listed == ListedLines.Among)
        {
            var at = -1;
            foreach (var line in expected)
            {
                at = Array.FindIndex(actual, at + 1, l => IsSame(line, l));
                Assert.True(at >= 0, $"{Window} does not emit this, or not in this order: {line}\n{string.Join('\n', actual.Take(40))}");
            }

            return;
        }

        actual = Listed switch
        {
            ListedLines.First => actual[..Math.Min(expected.Length, actual.Length)],
            ListedLines.Last => actual[Math.Max(0, actual.Length - expected.Length)..],
            _ => actual,
        };
        for (var i = 0; i < Math.Max(actual.Length, expected.Length); i++)
        {
            var (wanted, got) = (i < expected.Length ? expected[i] : "(nothing)", i < actual.Length ? actual[i] : "(nothing)");
            Assert.True(IsSame(wanted, got), $"{Window}, line {i + 1}\nexpected {wanted}\nbut was  {got}");
        }
    }

    private string Part(string line, string[] names)
    {
        var fields = Fields(BlankBehindFlags().Replace(line, "$1,"));
        return string.Join(',', Columns is null ? fields : Columns.Select(c => fields[Array.IndexOf(names, c)]));
    }

    private static string[] Fields(string line)
    {
        List<string> fields = [];
        var start = 0;
        var isQuoted = false;
        for (var i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && line[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (i == line.Length || (line[i] == ',' && !isQuoted))
            {
                fields.Add(line[start..i]);
                start = i + 1;
            }
        }

        return [.. fields];
    }

    private bool IsSame(string expected, string actual)
    {
        if (expected == actual || Near == 0)
        {
            return expected == actual;
        }

        var (wanted, got) = (expected.Split(',', ';', '[', ']'), actual.Split(',', ';', '[', ']'));
        return wanted.Length == got.Length && wanted.Zip(got).All(p => p.First == p.Second || IsNear(Number(p.First), Number(p.Second)));
    }

    private bool IsNear(double? a, double? b) => Math.Abs(a - b ?? double.NaN) <= Near * Math.Max(1, Math.Abs(a ?? 0));

    /// <summary>It is the form of a line, and no value.</summary>
    [GeneratedRegex("^([A-Z]+,[A-Z]+), ")]
    private static partial Regex BlankBehindFlags();

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
