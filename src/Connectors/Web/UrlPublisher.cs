using System.Globalization;
using System.Text;
using Lockstep.Contracts.Projects;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Web;

/// <summary>
/// Connector class url, type pub: asks web servers at each interval and makes events of the answers. A request that fails is
/// logged, shown in the status and tried again at the next interval.
/// </summary>
internal sealed class UrlPublisher(ConnectorContext context)
    : ContentPublisher(context, context.Loggers.CreateLogger<UrlPublisher>(), isSocket: false)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task PublishAsync(CancellationToken stop)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.All })
        {
            Timeout = RequestTimeout,
            MaxResponseContentBufferSize = ContentBytesMax,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Lockstep");
        while (true)
        {
            foreach (var (publisher, reader) in Readers)
            {
                for (var i = 0; i < publisher.Requests.Length && !IsDone; i++)
                {
                    if (await AskAsync(client, publisher.Requests[i], reader.Url(i, Step()), stop).ConfigureAwait(false) is { } answer)
                    {
                        Publish(reader, answer, stop);
                    }
                }
            }

            if (IsDone)
            {
                return;
            }

            await Task.Delay(Options.Interval, Context.Time, stop).ConfigureAwait(false);
        }
    }

    private async Task<string?> AskAsync(HttpClient client, UrlRequestDefinition request, string? url, CancellationToken stop)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            Trouble($"Request '{request.Name}': '{url}' is not an address http://... or https://....");
            return null;
        }

        try
        {
            using var message = new HttpRequestMessage(new HttpMethod(request.Method), address);
            message.Content = request.Body is null ? null : new StringContent(request.Body, Encoding.UTF8);
            foreach (var (name, value) in request.Headers)
            {
                if (!message.Headers.TryAddWithoutValidation(name, value))
                {
                    message.Content?.Headers.Remove(name);
                    message.Content?.Headers.TryAddWithoutValidation(name, value);
                }
            }

            using var response = await client.SendAsync(message, stop).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadAsStringAsync(stop).ConfigureAwait(false);
            }

            Trouble(string.Create(CultureInfo.InvariantCulture, $"{Shown(address)} answers {(int)response.StatusCode} {response.ReasonPhrase}."));
        }
        catch (HttpRequestException refused)
        {
            Trouble($"{Shown(address)}: {refused.Message}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Trouble($"{Shown(address)} did not answer within {RequestTimeout.TotalSeconds} seconds.");
        }
        catch (InvalidOperationException unreadable)
        {
            // The answer names a character set that does not exist.
            Trouble($"{Shown(address)}: {unreadable.Message}");
        }

        return null;
    }

    // Queries hold keys of services: they are not for logs.
    private static string Shown(Uri address) => address.GetLeftPart(UriPartial.Path);
}
