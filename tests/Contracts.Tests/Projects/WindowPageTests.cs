using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>
/// Goal: docs/reference/windows.md says what the reader takes, and every kind has an example that runs. Method: the page is made from
/// the table that the reader uses and compared, with LOCKSTEP_WRITE_PAGES=1 written; the examples are looked at.
/// </summary>
public sealed class WindowPageTests
{
    public static IEnumerable<TheoryDataRow<string>> Kinds => WindowTable.All.Select(k => new TheoryDataRow<string>(k.Kind));

    [Fact]
    public void The_page_is_the_table()
    {
        var path = Path.Combine(Checkout.Root, "docs/reference/windows.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("LOCKSTEP_WRITE_PAGES") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.Equal(page, File.ReadAllText(path));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_kind_has_a_page_and_an_example(string kind)
    {
        var entry = WindowTable.Find(kind)!;
        Assert.True(entry.Page.Length == 0 || File.Exists(Path.Combine(Checkout.Root, "docs/reference", $"{entry.Page}.md")), entry.Page);
        var example = XDocument.Load(Path.Combine(Checkout.Root, "docs/examples", entry.Example, "model.xml"));
        Assert.NotEmpty(example.Descendants($"window-{kind}"));
    }

    private static string Page()
    {
        var page = new StringBuilder("# Windows\n\nMade from the table that the reader uses, in `src/Contracts/Projects/WindowTable.Kinds.cs`; a test "
            + "compares.\nWhat is in no list is ignored with a warning.\n\n## All kinds\n");
        Parts(page, WindowTable.SharedAttributes, WindowTable.SharedElements);
        foreach (var kind in WindowTable.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {kind.Kind}\n\n{kind.Meaning} ");
            page.Append(kind.Page.Length == 0 ? "" : $"More: [{kind.Page}.md]({kind.Page}.md). ");
            page.Append(CultureInfo.InvariantCulture, $"Example: [{kind.Example}](../examples/{kind.Example}/model.xml).\n");
            Parts(page, kind.Attributes, kind.Elements);
        }

        return page.ToString();
    }

    private static void Parts(StringBuilder page, IReadOnlyList<WindowPart> attributes, IReadOnlyList<WindowPart> elements)
    {
        foreach (var (head, parts) in new[] { ("attribute", attributes), ("element", elements) }.Where(p => p.Item2.Count > 0))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n| {head} | meaning |\n|---|---|\n");
            foreach (var part in parts)
            {
                page.Append(CultureInfo.InvariantCulture, $"| `{part.Name}` | {part.Meaning} |\n");
            }
        }
    }
}
