using System.Globalization;

namespace Lockstep.Failover.Benchmarks;

/// <summary>What to measure: see <see cref="Usage"/>.</summary>
internal sealed record TakeoverOptions(
    TakeoverKind Kind, int Count, int Rate, int TickTimeMs, TimeSpan Pause, TimeSpan Settle, int Brokers, int? SessionMs, string? Results, string? KeepFolder)
{
    public const string Usage =
        "takeover --kind supervised|unsupervised|switchover [--count 50] [--rate 2000] [--tick-ms 500] [--pause-ms 2000] "
        + "[--settle-ms 20000] [--brokers 3] [--session-ms MS] [--results FILE.json] [--keep DIR]";

    public static TakeoverOptions Parse(string[] args)
    {
        var options = new TakeoverOptions(
            TakeoverKind.Supervised, 50, 2000, 500, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20), 3, null, null, null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} needs a value. {Usage}");
            options = args[i] switch
            {
                "--kind" when Enum.TryParse<TakeoverKind>(value, ignoreCase: true, out var kind) => options with { Kind = kind },
                "--count" => options with { Count = Number(value) },
                "--rate" => options with { Rate = Number(value) },
                "--tick-ms" => options with { TickTimeMs = Number(value) },
                "--pause-ms" => options with { Pause = TimeSpan.FromMilliseconds(Number(value)) },
                "--settle-ms" => options with { Settle = TimeSpan.FromMilliseconds(Number(value)) },
                "--brokers" => options with { Brokers = Number(value) },
                "--session-ms" => options with { SessionMs = Number(value) },
                "--results" => options with { Results = value },
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
