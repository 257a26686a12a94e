using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Lockstep.Connectors.Kafka;
using Lockstep.Engine.Execution;
using Lockstep.Kafka;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>
/// One member of the group in a process of its own; told what to do, and asked, by lines on its standard input:
/// <c>status</c>, <c>lag</c> (times at which rows came out of the last window), <c>stop</c>.
/// </summary>
internal static class MemberHost
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (name, bootstrap, zooKeeper, folder) = (args[0], args[1], args[2], args[3]);
        var (prefix, inbound, csv, tapped) = (args[4], args[5], args[6] == "csv", args[7] == "tap");
        var project = Sum20Model.Read(prefix, inbound, csv);
        var engine = ProjectEngine.Build(project).Engine ?? throw new InvalidDataException("sum20 can't be built.");
        using var log = new LineLog(Path.Combine(folder, name + ".log"));
        var member = new EngineMember(
            new EngineMemberOptions
            {
                Project = project,
                NewEngine = () => ProjectEngine.Build(project).Engine!,
                ModelDigest = "throughput",
                Bus = new KafkaBusOptions { BootstrapServers = bootstrap, Compression = args[8] },
                ZooKeeper = zooKeeper,
                SessionTimeout = TimeSpan.FromSeconds(4),
                Member = name,
                Incarnation = $"{name}-{Environment.ProcessId}",
                Folder = Path.Combine(folder, name),
            },
            TimeProvider.System,
            log);
        var times = new RowTimes();
        if (tapped)
        {
            member.Taps = [new WindowTap(engine.Find(Sum20Model.Query, Sum20Model.OutWindow), times)];
        }

        var running = member.RunAsync(CancellationToken.None);
        while (await Console.In.ReadLineAsync() is { } line && line != "stop")
        {
            Console.WriteLine(line == "lag" ? times.ToJson() : Status(member));
        }

        await member.StopAsync(CancellationToken.None);
        await running;
        await member.DisposeAsync();
        return 0;
    }

    private static string Status(EngineMember member)
    {
        using var self = Process.GetCurrentProcess();
        var status = member.Status;
        return JsonSerializer.Serialize(new MemberStatus(
            status.Role.ToString(), status.Reason ?? "", status.JournalSequence, status.Behind, status.EventsIn, status.AuditFindings,
            status.DigestAgrees, self.TotalProcessorTime.TotalMilliseconds, GC.GetTotalAllocatedBytes(), GC.CollectionCount(0),
            GC.CollectionCount(2), self.PeakWorkingSet64, status.CommitMs));
    }
}

/// <summary>What a member process says about itself.</summary>
internal sealed record MemberStatus(
    string Role, string Reason, long Sequence, long Behind, long EventsIn, long Findings, bool DigestAgrees, double CpuMs,
    long Allocated, int Gen0, int Gen2, long PeakBytes, double CommitMs)
{
    public static MemberStatus Parse(string line) => JsonSerializer.Deserialize<MemberStatus>(line)
        ?? throw new InvalidDataException(line);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Role} seq {Sequence} behind {Behind} in {EventsIn} findings {Findings} {Reason}");
}
