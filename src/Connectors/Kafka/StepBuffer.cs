using System.Buffers;
using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Memory of one step's outputs: values one after the other, and where each begins. Made once and lent to step after step; what
/// was sealed out of it stays as it is until <see cref="Clear"/>.
/// </summary>
internal sealed class StepBuffer : IBufferWriter<byte>
{
    /// <summary>A buffer that has grown beyond it is not kept for other steps.</summary>
    public const int MostKeptBytes = 32 * 1024 * 1024;

    private byte[] _bytes = new byte[64 * 1024];
    private Output[] _outputs = new Output[256];
    private OutboundRecord[] _records = [];
    private int _count;
    private int _begun;

    /// <summary>Outputs ended.</summary>
    public int Outputs { get; private set; }

    /// <summary>Bytes of the outputs ended.</summary>
    public int Bytes => _begun;

    /// <summary>True: not too large to be used again.</summary>
    public bool IsKept => _bytes.Length <= MostKeptBytes;

    public void Clear()
    {
        (_count, _begun, Outputs) = (0, 0, 0);
        // Stamps of the last step are not kept alive.
        Array.Clear(_records);
    }

    /// <summary>What was written since the last call is one output.</summary>
    public void End(int topic, MessageId id)
    {
        if (Outputs == _outputs.Length)
        {
            Array.Resize(ref _outputs, Outputs * 2);
        }

        _outputs[Outputs++] = new Output(topic, _begun, _count - _begun, id);
        _begun = _count;
    }

    /// <summary>The outputs as records of a commit.</summary>
    /// <param name="step">What their stamps share.</param>
    /// <param name="q">Last q of each topic; counted on.</param>
    public OutboundRecords Seal(OutboundStamp step, long[] q)
    {
        if (_records.Length < Outputs)
        {
            _records = new OutboundRecord[_outputs.Length];
        }

        Span<int> newest = q.Length <= 64 ? stackalloc int[q.Length] : new int[q.Length];
        for (var i = 0; i < Outputs; i++)
        {
            newest[_outputs[i].Topic] = i;
        }

        for (var i = 0; i < Outputs; i++)
        {
            ref readonly var output = ref _outputs[i];
            _records[i] = new OutboundRecord(
                output.Topic, _bytes.AsMemory(output.At, output.Length), step, output.Id, ++q[output.Topic], newest[output.Topic] == i);
        }

        return new OutboundRecords(_records.AsMemory(0, Outputs));
    }

    /// <summary>Copies of the outputs, which stay as they are.</summary>
    public ImmutableArray<(int Topic, ReadOnlyMemory<byte> Value, MessageId Id)> Copy()
    {
        var copies = ImmutableArray.CreateBuilder<(int, ReadOnlyMemory<byte>, MessageId)>(Outputs);
        foreach (var output in _outputs.AsSpan(0, Outputs))
        {
            copies.Add((output.Topic, _bytes.AsSpan(output.At, output.Length).ToArray(), output.Id));
        }

        return copies.MoveToImmutable();
    }

    public void Advance(int count) => _count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_count);
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _count < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _count + count));
        }
    }

    private readonly record struct Output(int Topic, int At, int Length, MessageId Id);
}
