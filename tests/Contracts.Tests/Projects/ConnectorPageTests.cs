using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>
/// Goal: docs/reference/connectors.md says what the table of connector properties says that the validator reads. Method: the page is
/// made from the table and compared; with LOCKSTEP_WRITE_PAGES=1 it is written (scripts/update-reference.sh).
/// </summary>
public sealed class ConnectorPageTests
{
    [Fact]
    public void The_page_is_the_table()
    {
        var page = new StringBuilder("""
            # Properties of connectors and adapters

            Made from the table of properties in `src/Contracts/Projects`; a test compares. Properties with no effect are known from other
            engines and accepted.

            """);
        Add(page, "Connector class", ConnectorPropertyTable.Connectors);
        Add(page, "Adapter", ConnectorPropertyTable.Adapters);
        var path = Path.Combine(Checkout.Root, "docs/reference/connectors.md");
        if (Environment.GetEnvironmentVariable("LOCKSTEP_WRITE_PAGES") == "1")
        {
            File.WriteAllText(path, page.ToString());
        }

        Assert.Equal(page.ToString(), File.ReadAllText(path));
    }

    private static void Add(StringBuilder page, string heading, ImmutableSortedDictionary<string,
        ImmutableArray<ConnectorProperty>> classes)
    {
        foreach (var (name, properties) in classes)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {heading} {name}\n\n");
            if (ReferenceEquals(classes, ConnectorPropertyTable.Connectors))
            {
                var (about, example) = ConnectorPropertyTable.Pages[name];
                Assert.Contains($"class=\"{name}\"", File.ReadAllText(Path.Combine(Checkout.Root, "docs/examples", example, "model.xml")),
                    StringComparison.Ordinal);
                Assert.Contains(name, File.ReadAllText(Path.Combine(Checkout.Root, "docs/reference", about)), StringComparison.Ordinal);
                page.Append(CultureInfo.InvariantCulture, $"See [{about}]({about}); example: [{example}](../examples/{example}/model.xml).\n\n");
            }

            page.Append("| property | of | value | meaning |\n|---|---|---|---|\n");
            foreach (var property in properties)
            {
                page.Append(CultureInfo.InvariantCulture,
                    $"| `{property.Name}`{(property.IsRequired ? " (needed)" : "")} | {UseOf(property)} | {ValueOf(property)} | {property.Summary} |\n");
            }
        }
    }

    private static string UseOf(ConnectorProperty property) => property.Use switch
    {
        PropertyUse.Publish => "publisher",
        PropertyUse.Subscribe => "subscriber",
        _ => "both",
    };

    private static string ValueOf(ConnectorProperty property) => property.Kind switch
    {
        PropertyKind.NoEffect => "any; no effect",
        PropertyKind.Choice => string.Join(", ", property.Choices.Select(c => $"`{c}`")),
        PropertyKind.ChoiceOrField => string.Join(", ", property.Choices.Select(c => $"`{c}`")) + ", a field",
        PropertyKind.Flag => "true, false",
        PropertyKind.DateFormat => "date format",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
