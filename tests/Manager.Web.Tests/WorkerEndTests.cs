using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Tests;

/// <summary>What a member's reason says of a worker's end: words for each exit code that a person may meet.</summary>
public sealed class WorkerEndTests
{
    [Theory]
    [InlineData(null, "died")]
    [InlineData(137, "died of signal 9")]
    [InlineData(5, "ended with exit code 5")]
    [InlineData(71, "ended with exit code 71: Kafka took no commit of it while another member waited, which goes on in its place")]
    [InlineData(74, "ended with exit code 74: an inbound record can't be decoded and onpoison is stop; a person must act, see its log")]
    public void An_end_is_said_in_words(int? exitCode, string words) => Assert.Equal(words, WorkerEnd.WordsOf(exitCode));
}
