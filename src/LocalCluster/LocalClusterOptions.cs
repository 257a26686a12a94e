using System.Globalization;

namespace Lockstep.LocalCluster;

/// <summary>The command line: <c>[--data DIR] [--zookeeper-port N] [--tick-time-ms N] [--brokers N]</c>. Brokers' ports can't be chosen.</summary>
/// <param name="DataFolder">Where <see cref="ReadyFile"/> is put; null: nowhere.</param>
/// <param name="ZooKeeperPort">Client port of the ZooKeeper server; 0 is a free one.</param>
/// <param name="TickTime">ZooKeeper's unit of time: sessions last at least 2 and at most 20 of them.</param>
/// <param name="Brokers">How many brokers, 1 to 10.</param>
internal sealed record LocalClusterOptions(string? DataFolder, int ZooKeeperPort, TimeSpan TickTime, int Brokers)
{
    internal const string ReadyFile = "local-cluster.json";

    private const int DefaultTickTimeMs = 500;

    internal const string Usage = """
        Lockstep local cluster: Kafka brokers and a ZooKeeper server in memory, on 127.0.0.1, for trying things out.
          --data DIR            writes DIR/local-cluster.json with the addresses once both answer
          --zookeeper-port N    client port of ZooKeeper; a free one by default
          --tick-time-ms N      ZooKeeper's unit of time, 500 by default
          --brokers N           1 to 10, 3 by default
        Prints the same JSON as one line, then runs until SIGTERM or SIGINT. Everything is lost when it ends.
        Exit codes: 0 asked to end, 2 wrong options, 3 port taken.
        """;

    /// <summary>Parses the command line; all problems come back together.</summary>
    internal static (LocalClusterOptions Options, IReadOnlyList<string> Problems) Parse(IReadOnlyList<string> arguments)
    {
        var options = new LocalClusterOptions(null, 0, TimeSpan.FromMilliseconds(DefaultTickTimeMs), 3);
        var problems = new List<string>();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : null;
            if (value is null)
            {
                problems.Add($"{arguments[i]} needs a value.");
                break;
            }

            switch (arguments[i])
            {
                case "--data":
                    options = options with { DataFolder = value };
                    break;
                case "--zookeeper-port":
                    options = options with { ZooKeeperPort = Number(arguments[i], value, 0, ushort.MaxValue, problems) };
                    break;
                case "--tick-time-ms":
                    var tick = Number(arguments[i], value, 10, 60_000, problems);
                    options = options with { TickTime = TimeSpan.FromMilliseconds(tick) };
                    break;
                case "--brokers":
                    options = options with { Brokers = Number(arguments[i], value, 1, 10, problems) };
                    break;
                default:
                    problems.Add($"{arguments[i]} is not an option.");
                    break;
            }
        }

        return (options, problems);
    }

    private static int Number(string name, string text, int least, int most, List<string> problems)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        problems.Add($"{name} must be a number from {least} to {most}, not '{text}'.");
        return least;
    }
}
