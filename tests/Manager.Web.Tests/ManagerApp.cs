using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;

namespace Lockstep.Manager.Web.Tests;

/// <summary>A manager in the test host, with a data folder of its own and a bus that nobody serves: nothing is started.</summary>
public sealed class ManagerApp : WebApplicationFactory<Program>
{
    public const string Token = "test-token-0123456789";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public string DataFolder { get; init; } = Directory.CreateTempSubdirectory("lockstep-manager-").FullName;

    /// <summary>True: the data folder stays, for the next manager.</summary>
    public bool KeepsFolder { get; init; }

    /// <summary>The worker program; the one given ends at once, so that no worker is started.</summary>
    public string Worker { get; init; } = "/bin/true";

    public LogLines Log { get; } = new();

    /// <summary>A client that shows the token.</summary>
    public HttpClient CreateTrusted()
    {
        var client = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return client;
    }

    public HttpClient CreateStranger() => CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (!KeepsFolder)
        {
            Directory.Delete(DataFolder, recursive: true);
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("data", DataFolder);
        builder.UseSetting("worker", Worker);
        builder.UseSetting("kafka", "127.0.0.1:1");
        builder.UseSetting("zookeeper", "127.0.0.1:1");
        File.WriteAllText(Path.Combine(DataFolder, "admin-token"), Token);
        File.SetUnixFileMode(Path.Combine(DataFolder, "admin-token"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Log).SetMinimumLevel(LogLevel.Trace));
    }
}
