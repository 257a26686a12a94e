using System.Diagnostics;
using System.Text.Json;
using Lockstep.Contracts.Events;
using Lockstep.Kafka;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>
/// Input at a steady rate; both members note when a row's step was applied (standby) or known as committed (active). Behind is
/// the time from the one to the other for the same row; 0 where the standby was first.
/// </summary>
internal sealed class StandbyLagBenchmark(RunContext context)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private readonly ThroughputOptions _options = context.Options;

    public async Task<object> RunAsync()
    {
        var runs = new List<StandbyLagRun>();
        for (var run = 0; run < _options.Runs; run++)
        {
            runs.Add(await MeasureAsync());
            await Console.Error.WriteLineAsync($"run {run + 1}: {runs[^1]}");
        }

        return new
        {
            benchmark = "standby-lag",
            rate = _options.Rate,
            blockEvents = _options.BlockEvents,
            brokers = _options.Brokers,
            p50Ms = Figures.Median(runs.Select(r => r.P50Ms)),
            p99Ms = Figures.Median(runs.Select(r => r.P99Ms)),
            maxMs = Figures.Median(runs.Select(r => r.MaxMs)),
            runs,
        };
    }

    private async Task<StandbyLagRun> MeasureAsync()
    {
        var prefix = context.NewPrefix();
        var inbound = prefix + ".in.I";
        await context.Admin.EnsureTopicAsync(new TopicSpec(inbound), CancellationToken.None);
        await using var first = new MemberProcess(context, "a", prefix, inbound, _options.Csv, tapped: true);
        await first.BecomesAsync("Active");
        await using var second = new MemberProcess(context, "b", prefix, inbound, _options.Csv, tapped: true);
        await second.BecomesAsync("Standby");
        var schema = Sum20Model.Read(prefix, inbound, _options.Csv).ContinuousQueries[0].Windows[0].Schema!;
        var measuredFrom = await Task.Run(() => SendAsync(inbound, schema));
        await Lockstep.TestKit.Eventually.TrueAsync(async () =>
            (await first.StatusAsync()).EventsIn == (await second.StatusAsync()).EventsIn);
        var active = JsonSerializer.Deserialize<List<RowTime>>(await first.LagAsync())!;
        var standby = JsonSerializer.Deserialize<List<RowTime>>(await second.LagAsync())!;
        var lags = new List<double>();
        var at = 0;
        foreach (var row in active.Where(row => row.Ticks >= measuredFrom))
        {
            while (at < standby.Count && standby[at].Counter < row.Counter)
            {
                at++;
            }

            if (at < standby.Count)
            {
                lags.Add(Math.Max(0, (standby[at].Ticks - row.Ticks) * 1000.0 / Stopwatch.Frequency));
            }
        }

        return new StandbyLagRun(
            lags.Count, Math.Round(Figures.Median(lags), 2), Math.Round(Figures.At(lags, 0.99), 2), Math.Round(lags.Max(), 2));
    }

    /// <summary>Sends at the rate; gives the time from which on it counts.</summary>
    private async Task<long> SendAsync(string inbound, Schema schema)
    {
        using var producer = Preload.Producer(context, lingerMs: 1);
        var measuredFrom = Stopwatch.GetTimestamp() + (long)(WarmUp.TotalSeconds * Stopwatch.Frequency);
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var clock = Stopwatch.StartNew();
        var total = (long)((WarmUp + _options.Duration).TotalSeconds * _options.Rate);
        for (var n = 1L; n <= total;)
        {
            var due = Math.Min(total, (long)(clock.Elapsed.TotalSeconds * _options.Rate));
            for (; n <= due; n += _options.BlockEvents)
            {
                Preload.Send(producer, inbound, Sum20Model.Record(schema, _options.Csv, n, _options.BlockEvents));
            }

            await beat.WaitForNextTickAsync();
        }

        producer.Flush(TimeSpan.FromSeconds(30));
        return measuredFrom;
    }
}

/// <summary>Figures of one run.</summary>
internal sealed record StandbyLagRun(int Steps, double P50Ms, double P99Ms, double MaxMs);
