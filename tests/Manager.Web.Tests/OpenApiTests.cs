using System.Text.Json;

namespace Lockstep.Manager.Web.Tests;

/// <summary>The committed OpenAPI document is what the endpoints are. scripts/update-openapi.sh writes it anew.</summary>
public sealed class OpenApiTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task The_document_in_docs_is_that_of_the_endpoints()
    {
        await using var app = new ManagerApp();
        using var client = app.CreateTrusted();
        var text = await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        using var document = JsonDocument.Parse(text);
        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var actual = JsonSerializer.Serialize(document, Indented) + "\n";
        var path = Path.Combine(RepositoryRoot(), "docs", "reference", "openapi.json");
        if (Environment.GetEnvironmentVariable("LOCKSTEP_UPDATE_OPENAPI") == "1")
        {
            await File.WriteAllTextAsync(path, actual, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), actual);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Lockstep.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Lockstep.slnx is in no folder above the tests.");
    }
}
