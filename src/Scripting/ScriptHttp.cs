using System.Net.Http.Headers;
using System.Text;

namespace Lockstep.Scripting;

/// <summary>Requests that scripts send, where the deployment lets them.</summary>
internal static class ScriptHttp
{
    /// <summary>Longest answer that is taken.</summary>
    public const int AnswerMax = 16 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly HttpClient Client = new() { Timeout = Limit, MaxResponseContentBufferSize = AnswerMax };

    /// <summary>Sends a request and waits for its answer: text, or with <c>tolua</c> the value of its JSON.</summary>
    /// <param name="source">Whose it is.</param>
    /// <param name="options"><c>url</c>; perhaps <c>method</c>, <c>headers</c>, <c>data</c> and <c>tolua</c>.</param>
    /// <exception cref="ScriptException">The script may not, or there was no good answer.</exception>
    public static object? Send(ScriptSource source, object? options)
    {
        if (!source.Grants.Network)
        {
            throw new ScriptException(
                $"'{source.Name}' calls esp_sendHttp, but the deployment grants no network to scripts: --script-grant network does.");
        }

        if (source.Grants.IsShared && !source.IsReal)
        {
            throw new ScriptException(
                $"'{source.Name}' calls esp_sendHttp in a failover group, where each member would send it and could get another answer: "
                + "send it from a connector of class lua or python, or from a project of its own.");
        }

        var map = options as Dictionary<string, object?> ?? throw new ScriptException("esp_sendHttp needs a table with a url.");
        using var request = RequestOf(map);
        try
        {
            using var answer = Client.Send(request, HttpCompletionOption.ResponseContentRead);
            using var reader = new StreamReader(answer.Content.ReadAsStream(), Encoding.UTF8);
            var text = reader.ReadToEnd();
            if (!answer.IsSuccessStatusCode)
            {
                throw new ScriptException($"{request.Method} {request.RequestUri} was answered by {(int)answer.StatusCode} {answer.ReasonPhrase}.");
            }

            return map.GetValueOrDefault("tolua") is true ? LenientJson.Parse(text) : text;
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or OperationCanceledException)
        {
            throw new ScriptException($"{request.Method} {request.RequestUri} failed: {failed.Message}");
        }
    }

    private static HttpRequestMessage RequestOf(Dictionary<string, object?> map)
    {
        var url = ScriptText.Of(map.GetValueOrDefault("url") ?? "");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new ScriptException($"esp_sendHttp needs a url that begins with http:// or https://, not '{url}'.");
        }

        var data = map.GetValueOrDefault("data") is { } body ? new StringContent(ScriptText.Of(body), Encoding.UTF8) : null;
        var method = map.GetValueOrDefault("method") is { } named ? ScriptText.Of(named).ToUpperInvariant() : data is null ? "GET" : "POST";
        HttpRequestMessage request;
        try
        {
            request = new HttpRequestMessage(new HttpMethod(method), address) { Content = data };
        }
        catch (FormatException)
        {
            throw new ScriptException($"'{method}' is no method of HTTP.");
        }

        foreach (var (name, value) in map.GetValueOrDefault("headers") as Dictionary<string, object?> ?? [])
        {
            var text = ScriptText.Of(value);
            if (data is not null && name.Equals("content-type", StringComparison.OrdinalIgnoreCase) && MediaTypeHeaderValue.TryParse(text, out var type))
            {
                data.Headers.ContentType = type;
            }
            else if (!request.Headers.TryAddWithoutValidation(name, text))
            {
                throw new ScriptException($"'{name}' is no header of a request.");
            }
        }

        return request;
    }
}
