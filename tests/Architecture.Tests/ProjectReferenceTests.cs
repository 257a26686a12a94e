using System.Xml.Linq;

namespace Lockstep.Architecture.Tests;

/// <summary>Compares the project references of src with the table of ARCHITECTURE.md, both ways, by reading the csproj files.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Contracts"] = [],
        ["ZooKeeper"] = [],
        ["Scripting"] = ["Contracts"],
        ["Engine"] = ["Contracts", "Scripting"],
        ["Failover"] = ["Contracts"],
        ["Kafka"] = ["Contracts"],
        ["Connectors"] = ["Contracts", "Engine", "Failover", "Kafka", "Scripting", "ZooKeeper"],
        ["Onnx"] = ["Engine"],
        ["Engine.Worker"] = ["Connectors", "Contracts", "Engine", "Onnx"],
        ["LocalCluster"] = ["Kafka", "ZooKeeper"],
        ["Manager.Web"] = ["Contracts", "Kafka", "ZooKeeper", "wwwroot-assets"],
        ["wwwroot-assets"] = [],
    };

    [Fact]
    public void Every_project_references_what_the_table_says()
    {
        var actual = RepositoryRoot.SourceFiles("src", "*.csproj").ToDictionary(
            file => Path.GetFileNameWithoutExtension(file), ReferencesOf);

        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(Violations(actual));
    }

    [Fact]
    public void A_planted_reference_is_found() =>
        Assert.Equal(
            ["Engine references ZooKeeper"],
            Violations(new Dictionary<string, string[]> { ["Engine"] = ["Contracts", "Scripting", "ZooKeeper"] }));

    [Fact]
    public void A_reference_that_is_gone_is_found() =>
        Assert.Equal(["Failover does not reference Contracts"], Violations(new Dictionary<string, string[]> { ["Failover"] = [] }));

    [Fact]
    public void The_table_of_the_architecture_page_is_the_same()
    {
        var page = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "ARCHITECTURE.md"))
            .SkipWhile(line => line != "## Where things live").ToArray();
        foreach (var (project, references) in Allowed)
        {
            var row = Assert.Single(page, line => line.StartsWith($"| `{project}` |", StringComparison.Ordinal));
            var last = row.Split('|', StringSplitOptions.TrimEntries)[3];
            var listed = last == "nothing" ? [] : last.Split(',', StringSplitOptions.TrimEntries);
            Assert.Equal(references.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Nothing_in_src_references_tests_or_benchmarks() =>
        Assert.DoesNotContain(
            RepositoryRoot.SourceFiles("src", "*.csproj"),
            file => File.ReadAllText(file).Contains("/tests/", StringComparison.Ordinal)
                || File.ReadAllText(file).Contains("/bench/", StringComparison.Ordinal));

    private static string[] ReferencesOf(string file) =>
    [
        .. XDocument.Load(file).Descendants("ProjectReference")
            .Select(element => Path.GetFileNameWithoutExtension((string)element.Attribute("Include")!))
            .Order(StringComparer.Ordinal),
    ];

    private static string[] Violations(Dictionary<string, string[]> actual) =>
    [
        .. actual.SelectMany(pair => pair.Value.Except(Allowed[pair.Key]).Select(other => $"{pair.Key} references {other}")),
        .. actual.SelectMany(pair => Allowed[pair.Key].Except(pair.Value).Select(other => $"{pair.Key} does not reference {other}")),
    ];
}
