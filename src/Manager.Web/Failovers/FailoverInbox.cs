using System.Threading.Channels;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>Failovers that wait for their report; the oldest go when nobody takes them. One reader.</summary>
internal sealed class FailoverInbox
{
    /// <summary>Failovers that may wait.</summary>
    public const int Limit = 256;

    private readonly Channel<FailoverFacts> _channel = Channel.CreateBounded<FailoverFacts>(
        new BoundedChannelOptions(Limit) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Puts one in; returns at once.</summary>
    public void Add(FailoverFacts facts) => _channel.Writer.TryWrite(facts);

    /// <summary>Takes one out if there is one.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FailoverFacts? facts) => _channel.Reader.TryRead(out facts);
}
