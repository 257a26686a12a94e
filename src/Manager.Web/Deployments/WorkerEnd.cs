namespace Lockstep.Manager.Web.Deployments;

/// <summary>How a worker that nobody ended came to its end, in words (docs/reference/diagnostics.md, exit codes).</summary>
internal static class WorkerEnd
{
    /// <summary>Without a capital and a full stop; the worker's log has more.</summary>
    /// <param name="exitCode">Its exit code, 128 + signal; null when nobody knows.</param>
    public static string WordsOf(int? exitCode) => exitCode switch
    {
        null => "died",
        > 128 => $"died of signal {exitCode - 128}",
        70 => Ended(exitCode, "another member has taken over, or may have"),
        71 => Ended(exitCode, "Kafka took no commit of it while another member waited, which goes on in its place"),
        72 => Ended(exitCode, "Kafka refused a commit for good; a person must act, see its log"),
        73 => Ended(exitCode, "an invariant does not hold; a person must act, see its log"),
        74 => Ended(exitCode, "an inbound record can't be decoded and onpoison is stop; a person must act, see its log"),
        _ => $"ended with exit code {exitCode}",
    };

    private static string Ended(int? exitCode, string why) => $"ended with exit code {exitCode}: {why}";
}
