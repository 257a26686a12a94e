using System.Globalization;
using System.Text;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Functions;
using Lockstep.TestKit;

namespace Lockstep.Engine.Tests.Expressions;

/// <summary>
/// Goal: the pages of functions say what the tables say that the compilers read. Method: each page is made from its table and
/// compared; with LOCKSTEP_WRITE_PAGES=1 it is written (scripts/update-reference.sh).
/// </summary>
public sealed class FunctionPageTests
{
    [Fact]
    public void The_page_of_the_general_language_is_its_tables()
    {
        var page = new StringBuilder("""
            # Functions of the general language

            Made from the tables of functions in `src/Engine/Expressions`; a test compares,
                and runs every example. The language itself is in
            [expressions.md](expressions.md). Names ignore case. A null where a value is needed gives null.

            """);
        foreach (var (heading, functions) in ExpressionFunctions.Groups)
        {
            Add(page, heading, functions.Select(Row));
        }

        Add(page, "Regular expressions: of a variable `regex r`", RegexValue.All.Select(f => "r." + Row(f)));
        Add(page, "Arrays: of a variable `integer array a` (real, string, boolean, date too)", ArrayValue.All.Select(f => "a." + Row(f)));
        page.Append("\nAn array field has `field.dim()` and `field.get(index)`.\n\n## Refused\n\n| functions | because |\n|---|---|\n");
        foreach (var (names, reason) in ExpressionFunctions.Reasons())
        {
            page.Append(CultureInfo.InvariantCulture, $"| {names.Replace(" ", ", ", StringComparison.Ordinal)} | {reason} |\n");
        }

        Compare("expression-functions.md", page.ToString());
    }

    [Fact]
    public void The_page_of_the_functional_language_is_its_table()
    {
        var page = new StringBuilder("""
            # Functions of the functional language

            Made from the table of functions in `src/Engine/Functions`; a test compares, and runs every example. The language itself is in
            [functional.md](functional.md). `x?` may be left out, `x...` stands for one or more, `x...?` for any number.

            """);
        foreach (var group in FunctionCatalog.Groups)
        {
            Add(page, group.Title, group.Entries.Select(e =>
                $"`{e.Name}({e.Arguments})` | {Cell(e.Meaning)} | {Code(e.Example)} | {Code(e.Result)}"));
        }

        Compare("functional-functions.md", page.ToString());
    }

    private static string Row(ExpressionFunction function) =>
        $"{function.Name}({function.Parameters}) | {Cell(function.Meaning)} | {Code(function.Example)} | {Code(function.Result)}";

    private static void Add(StringBuilder page, string heading, IEnumerable<string> rows)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {heading}\n\n| function | gives | example | result |\n|---|---|---|---|\n");
        foreach (var row in rows)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {row} |\n");
        }
    }

    private static string Code(string? text) => text is null ? "null" : $"`{Cell(text)}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    private static void Compare(string name, string page)
    {
        var path = Path.Combine(Checkout.Root, "docs/reference", name);
        if (Environment.GetEnvironmentVariable("LOCKSTEP_WRITE_PAGES") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.Equal(page, File.ReadAllText(path));
    }
}
