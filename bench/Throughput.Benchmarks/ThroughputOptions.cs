using System.Globalization;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>What to run: see <see cref="Usage"/>.</summary>
internal sealed record ThroughputOptions(
    string Command, bool Csv, long Events, int BlockEvents, int Runs, int Rate, int Brokers, TimeSpan Duration, string? JsonFile,
    string? KeepFolder, string Compression)
{
    public const string Usage = """
        drain [--format binary|csv] [--events N] [--block 512] [--runs 5]     drain of a preloaded inbound topic
        latency [--format binary|csv] [--rate 5000] [--seconds 20] [--runs 5] record in to committed record out
        standby-lag [--rate 200000] [--block 512] [--seconds 20] [--runs 5]   how far a standby is behind
        all of them: [--brokers 1] [--compression lz4|none] [--json FILE] [--keep FOLDER]
        """;

    public static ThroughputOptions Parse(string[] args)
    {
        var command = args.Length > 0 && args[0] is "drain" or "latency" or "standby-lag" ? args[0] : throw new FormatException(Usage);
        var options = new ThroughputOptions(
            command, false, 0, command == "latency" ? 1 : 512, 5, command == "latency" ? 5_000 : 200_000, 1, TimeSpan.FromSeconds(20), null, null, "lz4");
        for (var i = 1; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} needs a value. {Usage}");
            options = args[i] switch
            {
                "--format" when value is "binary" or "csv" => options with { Csv = value == "csv" },
                "--events" => options with { Events = Number(value) },
                "--block" => options with { BlockEvents = Number(value) },
                "--runs" => options with { Runs = Number(value) },
                "--rate" => options with { Rate = Number(value) },
                "--brokers" when value is "1" or "3" => options with { Brokers = Number(value) },
                "--seconds" => options with { Duration = TimeSpan.FromSeconds(Number(value)) },
                "--json" => options with { JsonFile = value },
                "--compression" => options with { Compression = value },
                "--keep" => options with { KeepFolder = value },
                _ => throw new FormatException($"'{args[i]} {value}' is not understood. {Usage}"),
            };
        }

        return options.Csv ? options with { BlockEvents = 1 } : options;
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"'{text}' is not a number above 0. {Usage}");
}
