using Lockstep.Connectors.Files;
using Lockstep.Contracts.Events;
using Lockstep.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// Tells a standby adapter, while ZooKeeper is away, that no active is at work: the file has events behind the committed
/// position, and the position has not moved for <see cref="Silence"/>. An idle active writes nothing, so silence alone tells
/// nothing. Being wrong costs a takeover, never data: whoever takes over fences.
/// </summary>
internal sealed class AbandonedWork(
    FilePositionStore positions, TopicAdmin admin, FilePublisherOptions file, Schema schema, bool autogenKey, TimeProvider time)
{
    /// <summary>How long work waits before a standby takes it; an engine's standby waits as long.</summary>
    public static readonly TimeSpan Silence = new FailoverTimings().EmergencySilence;

    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private long? _since;
    private FilePosition? _seen;

    /// <summary>What was seen no longer counts.</summary>
    public void Forget() => _since = null;

    /// <summary>True: work has waited for long enough. To be asked each <see cref="Look"/>.</summary>
    public async Task<bool> WaitsAsync(CancellationToken stop)
    {
        try
        {
            var at = await positions.ReadAsync(admin, stop).ConfigureAwait(false);
            if (at != _seen || _since is null || !HasEvents(at))
            {
                (_seen, _since) = (at, time.GetTimestamp());
            }

            return time.GetElapsedTime(_since.Value) >= Silence;
        }
        catch (Exception unknown) when (unknown is KafkaFaultException or IOException or UnauthorizedAccessException)
        {
            // Who can't see the work can't do it either.
            Forget();
            return false;
        }
    }

    private bool HasEvents(FilePosition? at)
    {
        if (!File.Exists(file.Path))
        {
            return false;
        }

        // Lines that are dropped are logged by the member that drops them.
        using var reader = new FileEventReader(file, schema, autogenKey, NullLogger.Instance, at?.Offset ?? 0, at?.Line ?? 0);
        var block = new EventBlock(schema, 1);
        return reader.Fill(new BlockTarget(block, 1)) is not null || block.Count > 0;
    }
}
