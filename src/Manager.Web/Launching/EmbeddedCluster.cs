using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Options;

namespace Lockstep.Manager.Web.Launching;

/// <summary>
/// Finds or starts the embedded cluster, a process of its own that outlives the manager, and says where the bus is. With
/// --kafka and --zookeeper it only says so.
/// </summary>
internal sealed partial class EmbeddedCluster(
    ManagerOptions options, BusAddress bus, ProcessLauncher launcher, EmbeddedReset reset, TimeProvider time,
    ILogger<EmbeddedCluster> logger)
    : BackgroundService
{
    private const string NoteName = "local-cluster.json";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private string NotePath => Path.Combine(options.DataFolder, NoteName);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsEmbedded)
        {
            bus.Set(new Bus(options.Kafka!, options.ZooKeeper!, IsEmbedded: false));
            return;
        }

        var note = await FindAsync(stoppingToken);
        while (true)
        {
            if (note is null)
            {
                note = await LaunchAsync(stoppingToken);
            }
            else if (bus.Current is null)
            {
                bus.Set(note.ToBus());
                LogFound(logger, note.Pid, note.Kafka);
            }

            await Task.Delay(LookInterval, time, stoppingToken);
            if (note is not null && ProcessIdentity.Of(note.Pid) is null)
            {
                LogLost(logger, note.Pid);
                NativeProcess.Reap(note.Pid);
                note = null;
            }
        }
    }

    /// <summary>The cluster that the note tells of, if it lives and answers.</summary>
    private async Task<ClusterNote?> FindAsync(CancellationToken cancellation)
    {
        if (Read() is not { } note || ProcessIdentity.Of(note.Pid) is null)
        {
            return null;
        }

        foreach (var address in new[] { note.Kafka.Split(',')[0], note.ZooKeeper! })
        {
            if (!await AnswersAsync(address, cancellation))
            {
                return null;
            }
        }

        return note;
    }

    private async Task<ClusterNote?> LaunchAsync(CancellationToken cancellation)
    {
        if (ProgramPath.Find(options.LocalCluster, "LocalCluster", "local-cluster") is not var (program, first))
        {
            LogMissing(logger);
            return null;
        }

        // Its topics are gone, and with them what members, files and snapshots refer to.
        await reset.RunAsync(cancellation);
        File.Delete(NotePath);
        var process = launcher.Start(
            program, [.. first, "--data", options.DataFolder], Path.Combine(options.DataFolder, "local-cluster.log"),
            new Dictionary<string, string>());
        var begun = Stopwatch.GetTimestamp();
        while (process is { } started && Stopwatch.GetElapsedTime(begun) < StartLimit)
        {
            if (Read() is { } note && note.Pid == started.Pid)
            {
                bus.Set(note.ToBus());
                LogStarted(logger, note.Kafka, note.ZooKeeper!);
                return note;
            }

            if (!started.IsAlive)
            {
                break;
            }

            await Task.Delay(Poll, time, cancellation);
        }

        LogFailed(logger, Path.Combine(options.DataFolder, "local-cluster.log"));
        return null;
    }

    private ClusterNote? Read()
    {
        try
        {
            var note = File.Exists(NotePath) ? JsonSerializer.Deserialize<ClusterNote>(File.ReadAllText(NotePath), Json) : null;
            return note is { Kafka.Length: > 0, ZooKeeper.Length: > 0, Pid: > 0 } ? note : null;
        }
        catch (Exception broken) when (broken is JsonException or IOException)
        {
            return null;
        }
    }

    private static async Task<bool> AnswersAsync(string address, CancellationToken cancellation)
    {
        var colon = address.LastIndexOf(':');
        try
        {
            using var client = new TcpClient();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(2));
            await client.ConnectAsync(
                address[..colon], int.Parse(address.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture), limit.Token);
            return true;
        }
        catch (Exception away) when (
            away is SocketException or FormatException || (away is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    [LoggerMessage(EventId = 6801, Level = LogLevel.Information, Message = "Found the embedded cluster, process {Pid}, on {Kafka}")]
    private static partial void LogFound(ILogger logger, int pid, string kafka);

    [LoggerMessage(EventId = 6802, Level = LogLevel.Warning,
        Message = "Started an embedded cluster on {Kafka} and {ZooKeeper}: in memory, unfenced, for trying things out")]
    private static partial void LogStarted(ILogger logger, string kafka, string zooKeeper);

    [LoggerMessage(EventId = 6803, Level = LogLevel.Error, Message = "The embedded cluster, process {Pid}, has ended: its topics are gone")]
    private static partial void LogLost(ILogger logger, int pid);

    [LoggerMessage(EventId = 6804, Level = LogLevel.Error, Message = "The embedded cluster could not be started; see {LogFile}")]
    private static partial void LogFailed(ILogger logger, string logFile);

    [LoggerMessage(EventId = 6805, Level = LogLevel.Error,
        Message = "The embedded cluster's program is not beside the manager; give --local-cluster PATH, or --kafka and --zookeeper")]
    private static partial void LogMissing(ILogger logger);

    private sealed record ClusterNote(string Kafka, string? ZooKeeper, int Pid)
    {
        public Bus ToBus() => new(Kafka, ZooKeeper!, IsEmbedded: true);
    }
}
