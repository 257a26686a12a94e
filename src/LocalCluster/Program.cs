using System.Net.Sockets;
using System.Runtime.InteropServices;
using Lockstep.Kafka.InMemory;
using Lockstep.LocalCluster;
using Lockstep.LocalCluster.ZooKeeper;

var (options, problems) = LocalClusterOptions.Parse(args);
if (problems.Count > 0)
{
    Say(Console.Error, string.Join('\n', [.. problems, LocalClusterOptions.Usage]));
    return 2;
}

// The starter may die before this process does: its terminal's hang-up must not end the servers others use.
var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);

await using var brokers = MockBrokers.Start(options.Brokers);
if (StartZooKeeper() is not { } zooKeeper)
{
    return 3;
}

await using var ending = zooKeeper;
var ready = new ReadyNote(brokers.BootstrapServers, zooKeeper.ConnectString);
if (options.DataFolder is { } folder)
{
    ready.WriteTo(folder);
}

Say(Console.Out, ready.ToJson());
Say(Console.Error, "Brokers and ZooKeeper are in memory and unfenced: for trying things out only, everything is lost at the end.");
using var stop = new CancellationTokenSource();
var trimming = new LogTrimmer(brokers.BootstrapServers, TimeProvider.System).RunAsync(line => Say(Console.Error, line), stop.Token);
await asked.Task;
await stop.CancelAsync();
await trimming;
return 0;

InMemoryZooKeeper? StartZooKeeper()
{
    try
    {
        return InMemoryZooKeeper.Start(options.ZooKeeperPort, options.TickTime);
    }
    catch (SocketException taken)
    {
        Say(Console.Error, $"ZooKeeper can't listen on 127.0.0.1:{options.ZooKeeperPort}: {taken.Message}");
        return null;
    }
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    asked.TrySetResult();
}

static void Say(TextWriter where, string line)
{
    try
    {
        where.WriteLine(line);
        where.Flush();
    }
    catch (IOException)
    {
        // The pipe's other end is gone; the servers go on without a listener.
    }
}
