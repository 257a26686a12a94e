using System.Collections.Immutable;
using System.Text;
using Lockstep.Connectors.Kafka;
using Lockstep.Connectors.Kafka.Shadows;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Engine.Execution;

namespace Lockstep.Connectors.Tests.Kafka;

/// <summary>How a shadow's rows are matched with those on the topic, whichever comes first.</summary>
public sealed class TopicComparerTests
{
    private static readonly OutboundTopic Topic = new(
        0, "t", "c", new WindowId(0, 0), "cq/w", RecordFormat.Csv, new CsvFormat(), OneEventARecord: false);

    private readonly TopicComparer _comparer = new(Topic, new RowText(Topic, []));

    [Fact]
    public void A_step_waits_until_all_its_records_were_read()
    {
        _comparer.Applied(0, 2, [Own(1, "a\n"), Own(2, "b\nc\n")]);
        Live(1, 1, "a\n");
        Assert.Equal(0, _comparer.Result.Equal);
        Live(2, 2, "b\nc\n");
        Assert.Equal((3, 0, null), (_comparer.Result.Equal, _comparer.Result.Different, _comparer.Result.First));
    }

    [Fact]
    public void Rows_are_matched_by_the_inbound_record_that_caused_them()
    {
        Live(1, 1, "a\nb\n");
        Live(2, 2, "c\n");
        Live(3, 3, "d\n");
        _comparer.Applied(0, 3, [Own(1, "b\nx\n"), Own(3, "d\n"), Own(4, "e\n")]);
        _comparer.Match();
        Assert.Equal(
            (2, 1, 1, 1),
            (_comparer.Result.Equal, _comparer.Result.Different, _comparer.Result.Missing, _comparer.Result.Added));
        Assert.Equal(new RowDifference(1, "a", "x"), _comparer.Result.First);
    }

    [Fact]
    public void Steps_before_the_first_record_at_hand_are_counted_as_not_compared()
    {
        _comparer.Applied(0, 1, [Own(1, "a\n")]);
        _comparer.Applied(1, 2, [Own(2, "b\n")]);
        Live(2, 2, "b\n");
        Assert.Equal((1, 1), (_comparer.Result.Equal, _comparer.Result.Uncompared));
    }

    [Fact]
    public void Records_before_the_first_step_are_left_out()
    {
        Live(1, 1, "a\n");
        Live(2, 2, "b\n");
        _comparer.Applied(1, 2, [Own(2, "b\n")]);
        _comparer.Match();
        Assert.Equal((1, 0), (_comparer.Result.Equal, _comparer.Result.Uncompared));
    }

    [Fact]
    public void A_step_that_puts_nothing_on_the_topic_adds_the_shadows_rows()
    {
        _comparer.Applied(5, 5, [Own(1, "a\n")]);
        _comparer.Match();
        Assert.Equal((1, new RowDifference(0, "", "a")), (_comparer.Result.Added, _comparer.Result.First));
    }

    [Fact]
    public void More_than_the_limit_is_not_held()
    {
        for (var q = 1; q <= TopicComparer.Limit + 10; q++)
        {
            _comparer.Applied(q - 1, q, [Own(q, "a\n")]);
        }

        Assert.Equal(10, _comparer.Result.Uncompared);
    }

    private static ShadowRecord Own(long offset, string text) => new(Encoding.UTF8.GetBytes(text), new MessageId(0, offset));

    private void Live(long q, long offset, string text)
    {
        _comparer.Seen(
            new OutboundStamp
            {
                Group = "g",
                Member = "m",
                Epoch = new Epoch(1),
                Sequence = 1,
                StreamTime = 0,
                MessageId = new MessageId(0, offset),
                Q = q,
                Runs = ImmutableArray<InboundRun>.Empty,
            },
            Encoding.UTF8.GetBytes(text));
        _comparer.Match();
    }
}
