using System.Globalization;

namespace Lockstep.Failover.Benchmarks;

/// <summary>What to run: see <see cref="Usage"/>.</summary>
internal sealed record CheckOptions(bool IsKraft, int Kills, int Rate, TimeSpan Interval, TimeSpan Settle, int Brokers, string? KeepFolder)
{
    public const string Usage =
        "check-failover [--mode zk|kraft] [--kills 20] [--rate 2000] [--interval-ms 3000] [--settle-ms 20000] [--brokers 3] [--keep DIR]";

    public static CheckOptions Parse(string[] args)
    {
        var options = new CheckOptions(true, 20, 2000, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(20), 3, null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} needs a value. {Usage}");
            options = args[i] switch
            {
                "--mode" when value is "zk" or "kraft" => options with { IsKraft = value == "kraft" },
                "--kills" => options with { Kills = Number(value) },
                "--rate" => options with { Rate = Number(value) },
                "--interval-ms" => options with { Interval = TimeSpan.FromMilliseconds(Number(value)) },
                "--settle-ms" => options with { Settle = TimeSpan.FromMilliseconds(Number(value)) },
                "--brokers" => options with { Brokers = Number(value) },
                "--keep" => options with { KeepFolder = value },
                _ => throw new FormatException($"'{args[i]} {value}' is not understood. {Usage}"),
            };
        }

        return options;
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"'{text}' is not a number above 0. {Usage}");
}
