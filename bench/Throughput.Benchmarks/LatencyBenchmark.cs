using System.Diagnostics;
using Lockstep.Contracts.Events;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>
/// From the call that sends an input record to the arrival of its result at an independent read_committed reader, at a
/// steady rate, one event a record; both ends and the group share the machine. The first seconds are left out.
/// </summary>
internal sealed class LatencyBenchmark(RunContext context)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private readonly ThroughputOptions _options = context.Options;

    public async Task<object> RunAsync()
    {
        var runs = new List<LatencyRun>();
        for (var run = 0; run < _options.Runs; run++)
        {
            runs.Add(await MeasureAsync());
            await Console.Error.WriteLineAsync($"run {run + 1}: {runs[^1]}");
        }

        return new
        {
            benchmark = "latency",
            format = _options.Csv ? "csv" : "binary",
            rate = _options.Rate,
            brokers = _options.Brokers,
            p50Ms = Figures.Median(runs.Select(r => r.P50Ms)),
            p99Ms = Figures.Median(runs.Select(r => r.P99Ms)),
            runs,
        };
    }

    private async Task<LatencyRun> MeasureAsync()
    {
        var prefix = context.NewPrefix();
        var inbound = prefix + ".in.I";
        await context.Admin.EnsureTopicAsync(new TopicSpec(inbound), CancellationToken.None);
        await using var first = new MemberProcess(context, "a", prefix, inbound, _options.Csv);
        await first.BecomesAsync("Active");
        await using var second = new MemberProcess(context, "b", prefix, inbound, _options.Csv);
        await second.BecomesAsync("Standby");
        var project = Sum20Model.Read(prefix, inbound, _options.Csv);
        var windows = project.ContinuousQueries[0].Windows;
        var total = (long)((WarmUp + _options.Duration).TotalSeconds * _options.Rate);
        var sent = new long[total + 1];
        var came = new long[total + 1];
        var sending = Task.Run(() => SendAsync(inbound, windows[0].Schema!, sent));
        Receive(Sum20Model.Outbound(prefix), windows[^1].Schema!, came, total);
        await sending;
        var from = (long)(WarmUp.TotalSeconds * _options.Rate);
        var latencies = new List<double>();
        for (var n = from; n <= total; n++)
        {
            latencies.Add((came[n] - sent[n]) * 1000.0 / Stopwatch.Frequency);
        }

        var status = await first.StatusAsync();
        return new LatencyRun(
            Math.Round(Figures.Median(latencies), 2), Math.Round(Figures.At(latencies, 0.9), 2), Math.Round(Figures.At(latencies, 0.99), 2),
            Math.Round(latencies.Max(), 2), status.CommitMs);
    }

    private async Task SendAsync(string inbound, Schema schema, long[] sent)
    {
        using var producer = Preload.Producer(context, lingerMs: 0);
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var clock = Stopwatch.StartNew();
        var n = 0L;
        while (n < sent.Length - 1)
        {
            var due = Math.Min(sent.Length - 1, (long)(clock.Elapsed.TotalSeconds * _options.Rate));
            while (n < due)
            {
                var record = Sum20Model.Record(schema, _options.Csv, ++n, 1);
                sent[n] = Stopwatch.GetTimestamp();
                Preload.Send(producer, inbound, record);
            }

            await beat.WaitForNextTickAsync();
        }

        producer.Flush(TimeSpan.FromSeconds(30));
    }

    private void Receive(string outbound, Schema schema, long[] came, long total)
    {
        using var reader = new PartitionReader(context.Cluster.Bus, ReadIsolation.Committed, [new PartitionStart(outbound, 0)], NullLogger.Instance);
        var block = new EventBlock(schema, 1);
        var csv = new CsvEventReader(schema, new CsvFormat());
        var limit = Stopwatch.StartNew();
        for (var last = 0L; last < total;)
        {
            if (limit.Elapsed > WarmUp + _options.Duration + TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"{last} of {total} results.");
            }

            if (reader.Poll(TimeSpan.FromMilliseconds(100)) is not { } record)
            {
                continue;
            }

            var now = Stopwatch.GetTimestamp();
            block.Clear();
            if (_options.Csv)
            {
                csv.Read(record.Value, block);
            }
            else
            {
                EventBlockCodec.Decode(record.Value, schema, block);
            }

            foreach (var n in block.ColumnOf<long>(1).Values)
            {
                if (n != last + 1)
                {
                    throw new InvalidDataException($"Result {n} follows {last}.");
                }

                came[n] = now;
                last = n;
            }

            var sum = block.ColumnOf<double>(5)[block.Count - 1];
            if (sum != Sum20Model.SumAt(last))
            {
                throw new InvalidDataException($"Sum {sum} at {last}.");
            }
        }
    }
}

/// <summary>Figures of one run.</summary>
internal sealed record LatencyRun(double P50Ms, double P90Ms, double P99Ms, double MaxMs, double CommitMs);
