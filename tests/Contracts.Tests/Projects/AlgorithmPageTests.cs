using System.Globalization;
using System.Text;
using Lockstep.Contracts.Projects.Algorithms;
using Lockstep.TestKit;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>
/// Goal: docs/reference/algorithms.md says what the table of algorithms says. Method: the page is made from the table and compared; with
/// LOCKSTEP_WRITE_PAGES=1 it is written.
/// </summary>
public sealed class AlgorithmPageTests
{
    [Fact]
    public void The_page_is_the_table()
    {
        var path = Path.Combine(Checkout.Root, "docs/reference/algorithms.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("LOCKSTEP_WRITE_PAGES") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.Equal(page, File.ReadAllText(path));
    }

    [Fact]
    public void Defaults_are_values_that_the_parameter_may_have()
    {
        var parameters = AlgorithmTable.All.SelectMany(a => a.Parameters.Select(p => (a.Name, Parameter: p))).ToList();

        Assert.All(parameters, p => Assert.True(p.Parameter.Default.Length == 0 || p.Parameter.Accepts(p.Parameter.Default), $"{p.Name} {p.Parameter.Name}"));
        Assert.Equal(AlgorithmTable.All.Length, AlgorithmTable.All.Select(a => (a.Name, a.Use)).Distinct().Count());
        Assert.All(AlgorithmTable.All, a => Assert.All(a.Outputs.Where(o => o.Repeats is not null), o => Assert.NotNull(a.InputOf(o.Repeats!))));
    }

    [Theory]
    [InlineData("a, b[1-3],c[4]", "a 0 |b 0 2|c 3 3")]
    [InlineData("x[0-2],y[3-1],z[a],[1]", "x[0-2] 0 |y[3-1] 0 |z[a] 0 |[1] 0 ")]
    [InlineData(" ,", "")]
    public void Lists_of_fields_are_read(string text, string expected) => Assert.Equal(
        expected, string.Join('|', FieldTarget.ParseList(text).Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Name} {t.First} {t.Last}"))));

    private static string Page()
    {
        var page = new StringBuilder("# Algorithms\n\nMade from the table of algorithms in `src/Contracts/Projects/Algorithms`; a test compares. "
            + "[calculate.md](calculate.md)\nhas what all have in common.\n");
        foreach (var algorithm in AlgorithmTable.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {algorithm.Name}\n\n{algorithm.Meaning} {Leaves(algorithm)}\n");
            Rows(page, "parameter | values | default", algorithm.Parameters.Select(
                p => $"`{p.Name}` | {p.Range} | {(p.Default.Length == 0 ? "none" : p.Default)} | {p.Meaning}"));
            Rows(page, "input | field", algorithm.Inputs.Select(r => $"`{r.Name}` | {Field(r)}{(r.IsRequired ? "" : "; optional")} | {r.Meaning}"));
            Rows(page, "output | field", algorithm.Outputs.Select(r => $"`{r.Name}` | {Field(r)}{(r.MayBeKey ? "; may be a key" : "")} | {r.Meaning}"));
        }

        page.Append("\n## Algorithms that are not run\n\nModels that name them are read, checked and drawn.\n");
        Rows(page, "algorithm", RefusedAlgorithms.Reasons.Select(r => $"`{r.Key}` | {r.Value}"));
        return page.ToString();
    }

    private static void Rows(StringBuilder page, string head, IEnumerable<string> rows)
    {
        var lines = rows.ToList();
        if (lines.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n| {head} | meaning |\n|{string.Concat(Enumerable.Repeat("---|", head.Count(c => c == '|') + 2))}\n");
            lines.ForEach(line => page.Append("| ").Append(line).Append(" |\n"));
        }
    }

    private static string Field(AlgorithmRole role) =>
        role.Repeats is not null ? "of the input's type" : role.IsList ? $"several: {role.TypeNames}" : role.TypeNames;

    private static string Leaves(AlgorithmDefinition algorithm) => algorithm.Use == AlgorithmUse.Model ? "" : algorithm.Output switch
    {
        AlgorithmOutput.OnePerEvent => "One event leaves for each.",
        AlgorithmOutput.SomeEvents => "One event or none leaves for each.",
        _ => "Several events leave.",
    };
}
