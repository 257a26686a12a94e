using System.Buffers;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>How events are written as text. Not thread-safe.</summary>
internal interface IEventText
{
    /// <summary>Writes what stands before the first event.</summary>
    void Begin(IBufferWriter<byte> output);

    /// <summary>Writes the events of a block that has some.</summary>
    void Write(EventBlock block, IBufferWriter<byte> output);

    /// <summary>Writes what stands behind the last event.</summary>
    void End(IBufferWriter<byte> output);
}
