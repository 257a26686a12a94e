using Lockstep.Failover.Simulation;
using Lockstep.Failover.Simulation.Bus;

namespace Lockstep.Failover.Tests.Simulation;

/// <summary>
/// Goal: on the simulated bus each transaction has an epoch of its own, as on real brokers (ADR 12). Method: its coordinator and
/// partitions are asked directly, with transactions v1 and v2.
/// </summary>
public sealed class EpochTests
{
    private readonly Schedule _schedule = new(1, Trace.Off);
    private SimulatedBrokers _brokers = null!;

    private TransactionCoordinator Coordinator => _brokers.Coordinator("id");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_belongs_to_an_earlier_transaction_is_refused_during_a_later_one(bool v2)
    {
        var first = Start(v2);
        Write(first);
        var second = Commit(first);
        Write(second);
        Assert.Equal(BrokerError.Fenced, Coordinator.EndTxn(first, commit: true).Error);
        Assert.Equal(BrokerError.Fenced, Coordinator.EndTxn(first, commit: false).Error);
        Assert.Equal(BrokerError.Fenced, Coordinator.AddPartitions(first, ["b"]).Error);
        Assert.Equal(BrokerError.Fenced, _brokers.Produce("id", first, batch: 9, "a", ["late"]).Error);
        Assert.Equal(BrokerError.Fenced, _brokers.Produce("id", first, batch: 9, "b", ["late"]).Error);
        Assert.Equal(CoordinatorState.Ongoing, Coordinator.State);
        Commit(second);
        Assert.Equal(["1/0", "1/1"], Enumerable.Range(0, (int)_brokers["a"].End).Select(o => _brokers["a"].Read(o)).OfType<string>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_end_that_was_not_answered_may_be_asked_for_again_and_gets_the_same_answer(bool v2)
    {
        var first = Start(v2);
        Write(first);
        var said = Coordinator.EndTxn(first, commit: true);
        Assert.Equal(BrokerError.Concurrent, Coordinator.EndTxn(first, commit: true).Error);
        Settle();
        Assert.Equal(said, Coordinator.EndTxn(first, commit: true));
        Assert.Equal(BrokerError.InvalidState, Coordinator.EndTxn(first, commit: false).Error);
        Coordinator.InitProducerId();
        Assert.Equal(BrokerError.Fenced, Coordinator.EndTxn(first, commit: true).Error);
    }

    [Fact]
    public void The_next_epoch_is_the_same_however_often_its_holder_asks_and_refused_after_a_takeover()
    {
        var first = Start(v2: false);
        var second = Coordinator.InitProducerId(first).Holder;
        Assert.Equal(new ProducerIdentity(first.Id, 1), second);
        Assert.Equal(second, Coordinator.InitProducerId(first).Holder);
        Coordinator.InitProducerId();
        Assert.Equal(BrokerError.Fenced, Coordinator.InitProducerId(second).Error);
    }

    /// <summary>As in Kafka, whose coordinator does not look at the epoch while a transaction is open: it is aborted whole.</summary>
    [Fact]
    public void A_late_copy_of_a_request_for_the_next_epoch_fences_the_transaction_that_is_open_and_commits_nothing_of_it()
    {
        var first = Start(v2: false);
        var second = Coordinator.InitProducerId(first).Holder;
        Write(second);
        Assert.Equal(BrokerError.Concurrent, Coordinator.InitProducerId(first).Error);
        Settle();
        Assert.Equal(BrokerError.Fenced, Coordinator.EndTxn(second, commit: true).Error);
        Assert.Null(_brokers["a"].Read(0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_last_epoch_is_followed_by_a_new_producer_id_and_what_is_late_of_the_old_one_is_refused(bool v2)
    {
        var last = Start(v2, lastEpoch: 0);
        Write(last);
        var next = Commit(last);
        Assert.Equal((true, (short)0), (next.Id != last.Id, next.Epoch));
        Write(next);
        Assert.Equal(BrokerError.Fenced, Coordinator.EndTxn(last, commit: true).Error);
        Assert.Equal(BrokerError.Fenced, _brokers.Produce("id", last, batch: 9, "b", ["late"]).Error);
        Commit(next);
    }

    private ProducerIdentity Start(bool v2, short lastEpoch = 100)
    {
        _brokers = new SimulatedBrokers(_schedule) { TransactionsV2 = v2, LastEpoch = lastEpoch };
        return Coordinator.InitProducerId().Holder;
    }

    private void Write(ProducerIdentity holder)
    {
        if (!_brokers.TransactionsV2)
        {
            Assert.Equal(BrokerError.None, Coordinator.AddPartitions(holder, ["a"]).Error);
        }

        Assert.Equal(BrokerError.None, _brokers.Produce("id", holder, batch: 1, "a", [holder.ToString()]).Error);
    }

    private ProducerIdentity Commit(ProducerIdentity holder)
    {
        var ended = Coordinator.EndTxn(holder, commit: true);
        Assert.Equal(BrokerError.None, ended.Error);
        Settle();
        return _brokers.TransactionsV2 ? ended.Holder : Coordinator.InitProducerId(holder).Holder;
    }

    private void Settle()
    {
        var until = _schedule.Now + (10 * Schedule.Millisecond);
        while (_schedule.Step(until))
        {
            // Markers are written in here.
        }
    }
}
