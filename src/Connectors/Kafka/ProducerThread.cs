using System.Collections.Concurrent;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// One transactional producer and the thread that owns it: every call comes from there, and nothing else polls. Work is a
/// call that waits for the network, one after the other, at most one of its owner's outstanding. Abandoned, it finishes the
/// call it is in and disposes of the producer; calls not yet begun never run.
/// </summary>
internal sealed class ProducerThread
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly BlockingCollection<Action<TransactionalProducer>> _work = [];
    private readonly TransactionalProducer _producer;
    private volatile bool _abandoned;

    public ProducerThread(TransactionalProducer producer)
    {
        _producer = producer;
        // A background thread, since a call into the client may outlast the process's patience.
        new Thread(Run) { IsBackground = true, Name = "kafka commit" }.Start();
    }

    /// <summary>True: the producer holds its transactional id. Set and read on the thread itself.</summary>
    public bool MayWrite { get; set; }

    public void Post(Action<TransactionalProducer> call)
    {
        lock (_gate)
        {
            if (!_abandoned)
            {
                _work.Add(call);
            }
        }
    }

    public void Abandon()
    {
        lock (_gate)
        {
            if (!_abandoned)
            {
                _producer.Interrupt();
                _work.CompleteAdding();
                // Last: the thread, once it sees it, disposes of both.
                _abandoned = true;
            }
        }
    }

    private void Run()
    {
        while (!_abandoned)
        {
            if (!_work.TryTake(out var call, PollInterval))
            {
                _producer.Poll();
            }
            else if (!_abandoned)
            {
                call(_producer);
                if (_work.Count == 0)
                {
                    _producer.Prepare();
                }
            }
        }

        _producer.Dispose();
        _work.Dispose();
    }
}
