namespace Lockstep.Manager.Web.Options;

/// <summary><c>--check-health URL</c>: for containers without curl.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>Asks; prints the answer.</summary>
    /// <returns>Exit code: 0 healthy, 1 not.</returns>
    public static async Task<int> RunAsync(string address)
    {
        try
        {
            using var client = new HttpClient { Timeout = Limit };
            using var answer = await client.GetAsync(new Uri(address));
            await Console.Out.WriteLineAsync($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            await Console.Out.WriteLineAsync(away.Message);
            return 1;
        }
    }
}
