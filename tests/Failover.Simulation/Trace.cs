using System.Globalization;

namespace Lockstep.Failover.Simulation;

/// <summary>What happened, one line an event: virtual time in ms, who, what. Costs nothing while it is off.</summary>
internal sealed class Trace(TextWriter? writer)
{
    public static readonly Trace Off = new(null);

    public bool IsOn => writer is not null;

    /// <summary>To be called only while <see cref="IsOn"/>, so that texts are not made for nothing.</summary>
    public void Say(long now, string who, string what) =>
        writer?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now / 1000.0,10:F3}  {who,-10} {what}"));
}
