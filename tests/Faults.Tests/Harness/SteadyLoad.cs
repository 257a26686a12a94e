using System.Buffers;
using System.Diagnostics;
using Confluent.Kafka;
using Lockstep.Contracts.Events;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>
/// Writes events to an inbound topic at a steady rate, as an idempotent producer: counter 1, 2, 3, ..., one to three events a
/// record. What the topic holds is the group's input, whatever became of this producer's own requests.
/// </summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(60);
    private readonly IProducer<Null, byte[]> _producer;
    private readonly string _topic;
    private readonly Schema _schema;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _faults = [];
    private Task _loop = Task.CompletedTask;
    private volatile int _rate;

    public SteadyLoad(string bootstrapServers, string topic, Schema schema, int rate)
    {
        _topic = topic;
        _schema = schema;
        _rate = rate;
        _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
            LingerMs = 0,
            MessageTimeoutMs = 120_000,
            ReconnectBackoffMaxMs = 500,
        })
            .SetLogHandler((_, _) => { })
            .Build();
    }

    /// <summary>Events a second from now on; 0 rests.</summary>
    public int Rate
    {
        get => _rate;
        set => _rate = value;
    }

    /// <summary>The last counter written.</summary>
    public long Written { get; private set; }

    /// <summary>True: the brokers have all that was written.</summary>
    public bool IsFlushed => _producer.Flush(TimeSpan.Zero) == 0;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Writes a value as it is, among the events.</summary>
    public void WriteRaw(byte[] value) => Produce(value);

    /// <summary>Writes nothing more, and waits until the brokers have all that was written.</summary>
    /// <exception cref="InvalidOperationException">They refused some.</exception>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        if (_producer.Flush(FlushLimit) > 0 || _faults.Count > 0)
        {
            throw new InvalidOperationException($"The brokers did not take the load: {string.Join("; ", _faults.Take(3))}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _producer.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Beat);
        var last = Stopwatch.GetTimestamp();
        double due = 0;
        while (!_stop.IsCancellationRequested)
        {
            due += Stopwatch.GetElapsedTime(last).TotalSeconds * _rate;
            last = Stopwatch.GetTimestamp();
            for (var size = 1; due >= size; size = (size % 3) + 1)
            {
                due -= size;
                Write(size);
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private void Write(int events)
    {
        var block = new EventBlock(_schema, events);
        for (var i = 0; i < events; i++)
        {
            block.AppendObjects(Opcode.Insert, EventFlags.None, null, ++Written);
        }

        var bytes = new ArrayBufferWriter<byte>();
        EventBlockCodec.Encode(block, bytes);
        Produce(bytes.WrittenSpan.ToArray());
    }

    private void Produce(byte[] value) => _producer.Produce(_topic, new Message<Null, byte[]> { Value = value }, report =>
    {
        if (report.Error.IsError)
        {
            lock (_faults)
            {
                _faults.Add(report.Error.Reason);
            }
        }
    });
}
