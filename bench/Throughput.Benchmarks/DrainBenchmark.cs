using System.Diagnostics;
using System.Globalization;
using Lockstep.Contracts.Failover;
using Lockstep.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>
/// Active and standby, each a process, start on a group without a journal and drain a preloaded inbound topic. Progress is
/// read from the journal as committed, by this process. Cold: from the first commit of input to the last, just-in-time
/// compilation included. Warm: the second half of the input.
/// </summary>
internal sealed class DrainBenchmark(RunContext context)
{
    private const string Inbound = "drain.I";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);
    private readonly ThroughputOptions _options = context.Options;

    public async Task<object> RunAsync()
    {
        var events = _options.Events > 0 ? _options.Events : _options.Csv ? 8_000_000 : 16_000_000;
        events -= events % _options.BlockEvents;
        var schema = Sum20Model.Read("any", Inbound, _options.Csv).ContinuousQueries[0].Windows[0].Schema!;
        await Preload.FillAsync(context, Inbound, schema, events);
        var baseline = await BaselineLoop.RunAsync(context, Inbound, events / _options.BlockEvents);
        await Console.Error.WriteLineAsync($"baseline {baseline}");
        var runs = new List<DrainRun>();
        for (var run = 0; run < _options.Runs; run++)
        {
            runs.Add(await DrainAsync(events));
            await Console.Error.WriteLineAsync($"run {run + 1}: {runs[^1]}");
        }

        return new
        {
            benchmark = "drain",
            format = _options.Csv ? "csv, one event a record" : string.Create(CultureInfo.InvariantCulture, $"blocks of {_options.BlockEvents}"),
            events,
            brokers = _options.Brokers,
            baseline,
            coldEventsPerSecond = Figures.Median(runs.Select(r => r.ColdRate)),
            warmEventsPerSecond = Figures.Median(runs.Select(r => r.WarmRate)),
            warmLowest = runs.Min(r => r.WarmRate),
            warmHighest = runs.Max(r => r.WarmRate),
            cpuSecondsPerMillion = Figures.Median(runs.Select(r => r.CpuPerMillion)),
            runs,
        };
    }

    private async Task<DrainRun> DrainAsync(long events)
    {
        var prefix = context.NewPrefix();
        await using var first = new MemberProcess(context, "a", prefix, Inbound, _options.Csv);
        var watch = new DrainWatch(context.Cluster.Bus, TopicName.Journal(prefix, "sum20"), events / _options.BlockEvents);
        var brokerBefore = context.BrokersCpu();
        var secondStarts = Task.Run(() => watch.Run(Limit));
        await using var second = new MemberProcess(context, "b", prefix, Inbound, _options.Csv);
        await secondStarts;
        var statuses = new[] { await first.StatusAsync(), await second.StatusAsync() };
        var broker = context.BrokersCpu() - brokerBefore;
        var active = Array.Find(statuses, s => s.Role == "Active") ?? throw new InvalidDataException(string.Join("; ", (object[])statuses));
        var standby = Array.Find(statuses, s => s.Role == "Standby");
        var millions = events / 1e6;
        var result = new DrainRun(
            Math.Round(watch.RecordsPerSecond(0) * _options.BlockEvents), Math.Round(watch.RecordsPerSecond(0.5) * _options.BlockEvents),
            (active.CpuMs + (standby?.CpuMs ?? 0) + broker.TotalMilliseconds) / 1000 / millions,
            active.CpuMs / 1000 / millions, (standby?.CpuMs ?? 0) / 1000 / millions, broker.TotalSeconds / millions,
            (double)active.Allocated / events, (double)(standby?.Allocated ?? 0) / events, active.PeakBytes >> 20, (standby?.PeakBytes ?? 0) >> 20,
            watch.Commits, events - (standby?.EventsIn ?? 0), active.CommitMs, statuses.Sum(s => s.Findings),
            Array.TrueForAll(statuses, s => s.DigestAgrees), 0);
        await first.DisposeAsync();
        await second.DisposeAsync();
        var schemaOut = Sum20Model.Read(prefix, Inbound, _options.Csv).ContinuousQueries[0].Windows[^1].Schema!;
        result = result with
        {
            OutboundRecordsRight = DrainVerdict.Judge(context.Cluster.Bus, Sum20Model.Outbound(prefix), schemaOut, events),
        };
        foreach (var topic in new[] { Sum20Model.Outbound(prefix), TopicName.Journal(prefix, "sum20") })
        {
            await context.Admin.DeleteTopicAsync(topic, CancellationToken.None);
        }

        return result;
    }
}

/// <summary>Figures of one drain.</summary>
internal sealed record DrainRun(
    double ColdRate, double WarmRate, double CpuPerMillion, double ActiveCpu, double StandbyCpu, double BrokerCpu,
    double ActiveBytesPerEvent, double StandbyBytesPerEvent, long ActivePeakMb, long StandbyPeakMb, int Commits,
    long StandbyEventsMissingAtEnd, double CommitMs, long Findings, bool DigestAgrees, long OutboundRecordsRight);

/// <summary>Reads the journal and notes how many inbound records each commit had reached, and when.</summary>
internal sealed class DrainWatch(KafkaBusOptions bus, string journal, long records)
{
    private readonly List<(long Records, long Ticks)> _progress = [];

    public int Commits => _progress.Count;

    public void Run(TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        using var reader = new PartitionReader(
            bus with { ExtraConfig = new Dictionary<string, string> { ["fetch.wait.max.ms"] = "20" } },
            ReadIsolation.Committed, [new PartitionStart(journal, 0)], NullLogger.Instance);
        for (var seen = 0L; seen < records;)
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"{seen} of {records} records after {limit}.");
            }

            if (Poll(reader) is not { } record)
            {
                continue;
            }

            foreach (var run in JournalRecordCodec.Decode(record.Value).Runs.Where(run => run.LastOffset >= run.FirstOffset))
            {
                // A preloaded topic has no markers: its offsets are dense.
                seen = run.LastOffset + 1;
                _progress.Add((seen, Stopwatch.GetTimestamp()));
            }
        }
    }

    /// <summary>Records a second from a share of all records on, to the last commit.</summary>
    public double RecordsPerSecond(double from)
    {
        var first = _progress.First(p => p.Records >= from * records);
        var (last, ticks) = _progress[^1];
        return (last - first.Records) / ((ticks - first.Ticks) / (double)Stopwatch.Frequency);
    }

    private static KafkaRecord? Poll(PartitionReader reader)
    {
        try
        {
            return reader.Poll(TimeSpan.FromMilliseconds(100));
        }
        catch (KafkaFaultException)
        {
            // The journal is made by the members.
            return null;
        }
    }
}
