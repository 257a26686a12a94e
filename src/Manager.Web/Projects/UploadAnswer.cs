using System.Text.Json;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Projects;

/// <summary>What REST answered in the browser, as upload.js hands it over.</summary>
/// <param name="Status">HTTP status; 0 for no answer.</param>
/// <param name="Body">Text of the body.</param>
public sealed record HttpAnswer(int Status, string Body);

/// <summary>The answer to a publication: a version, or a refusal with its problems.</summary>
/// <param name="Published">The version; null when refused.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
/// <param name="Problems">All problems of the model.</param>
internal sealed record UploadAnswer(VersionResource? Published, string? Refusal, IReadOnlyList<ProblemResource> Problems)
{
    /// <summary>Reads an answer; one that is no JSON is a refusal with its status.</summary>
    public static UploadAnswer Of(HttpAnswer answer)
    {
        try
        {
            if (answer.Status is >= 200 and < 300)
            {
                return new(JsonSerializer.Deserialize<VersionResource>(answer.Body, JsonSerializerOptions.Web), null, []);
            }

            using var problem = JsonDocument.Parse(answer.Body);
            var root = problem.RootElement;
            var problems = root.TryGetProperty("problems", out var listed) || root.TryGetProperty("errors", out listed)
                ? ProblemsOf(listed)
                : [];
            return new(null, Text(root, "detail") ?? Text(root, "title") ?? $"HTTP {answer.Status}", problems);
        }
        catch (JsonException)
        {
            return new(null, answer.Status == 0 ? "The server did not answer." : $"HTTP {answer.Status}", []);
        }
    }

    private static List<ProblemResource> ProblemsOf(JsonElement listed) => listed.ValueKind == JsonValueKind.Array
        ? listed.Deserialize<List<ProblemResource>>(JsonSerializerOptions.Web) ?? []
        : [];

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
