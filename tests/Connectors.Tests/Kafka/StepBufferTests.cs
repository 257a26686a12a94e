using System.Buffers;
using System.Text;
using Lockstep.Connectors.Kafka;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>Goal: outputs of a step stand in memory that is lent again and again, each with its own place in q. Method: values read back.</summary>
public sealed class StepBufferTests
{
    private static readonly OutboundStamp Step = new()
    {
        Group = "g",
        Member = "a",
        Epoch = new Epoch(1),
        Sequence = 5,
        StreamTime = 9,
        MessageId = default,
        Q = 0,
    };

    [Fact]
    public void Outputs_of_two_topics_count_on_from_their_own_q()
    {
        var buffer = new StepBuffer();
        for (var round = 0; round < 3; round++)
        {
            buffer.Clear();
            Put(buffer, 0, "first", offset: 1);
            Put(buffer, 1, new string('x', 200_000), offset: 2);
            Put(buffer, 0, "", offset: 2);
            long[] q = [10, 20];

            var records = buffer.Seal(Step, q);

            Assert.Equal([12, 21], q);
            Assert.Equal(["first", new string('x', 200_000), ""], records.Select(r => Encoding.ASCII.GetString(r.Value.Span)));
            Assert.Equal([11, 21, 12], records.Select(r => r.Q));
            Assert.Equal([false, true, true], records.Select(r => r.IsLast));
            Assert.Equal([1, 2, 2], records.Select(r => r.Stamp.MessageId.Offset));
            Assert.Equal([12], records.Above([11, 21]).Select(r => r.Stamp.Q));
            Assert.Same(records, records.Above([10, 20]));
        }
    }

    [Fact]
    public void A_steady_stream_of_steps_allocates_nothing_for_each_output()
    {
        const int outputs = 10_000;
        var buffer = new StepBuffer();
        long Run()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            buffer.Clear();
            for (var i = 0; i < outputs; i++)
            {
                "0123456789"u8.CopyTo(buffer.GetSpan(10));
                buffer.Advance(10);
                buffer.End(0, new MessageId(0, i));
            }

            buffer.Seal(Step, [0]);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Run();

        Assert.InRange(Run(), 0, outputs / 10);
    }

    private static void Put(StepBuffer buffer, int topic, string text, long offset)
    {
        buffer.Write(Encoding.ASCII.GetBytes(text));
        buffer.End(topic, new MessageId(0, offset));
    }
}
