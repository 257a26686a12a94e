using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Timers;

/// <summary>Properties of a timer publisher; parsed from text.</summary>
internal sealed record TimerPublisherOptions
{
    /// <summary>Form of the base time when the properties have none.</summary>
    public const string DefaultTimeFormat = "%Y-%m-%d %H:%M:%S";

    /// <summary>When the first event is due, UTC.</summary>
    public DateTimeOffset BaseTime { get; init; }

    /// <summary>Units between two events.</summary>
    public int Interval { get; init; } = 1;

    /// <summary>Its unit in the singular: second to year.</summary>
    public string Unit { get; init; } = "second";

    /// <summary>Text of the events.</summary>
    public string Label { get; init; } = "";

    /// <summary>Events at most; 0 for no limit.</summary>
    public int MaxEvents { get; init; }

    /// <summary>True for a publisher that goes on until it is told to stop.</summary>
    public bool IsEndless => MaxEvents == 0;

    /// <summary>Checks a timer of a model.</summary>
    public static void Check(ConnectorCheck check)
    {
        var properties = check.Read();
        check.IsEndless = Parse(properties, check.Connector.Name).IsEndless;
        properties.WarnOfUnknown();
    }

    /// <summary>Reads the properties; what is wrong goes to the reader's problems.</summary>
    /// <param name="properties">The properties.</param>
    /// <param name="name">The connector's name.</param>
    public static TimerPublisherOptions Parse(PropertyReader properties, string name)
    {
        properties.Ignore("type", "configfilesection");
        return new TimerPublisherOptions
        {
            BaseTime = TimeOf(properties),
            Interval = properties.Number("interval", 1, least: 1),
            Unit = properties.OneOf("unit", "second", ConnectorPropertyTable.TimerUnits.AsSpan()).TrimEnd('s'),
            Label = properties.Text("label", name),
            MaxEvents = properties.Number("maxevents", 0),
        };
    }

    /// <summary>When an event is due; months and years go by the calendar.</summary>
    /// <param name="number">Which one, from 0.</param>
    public DateTimeOffset DueAt(long number)
    {
        var steps = number * Interval;
        return Unit switch
        {
            "second" => BaseTime.AddSeconds(steps),
            "minute" => BaseTime.AddMinutes(steps),
            "hour" => BaseTime.AddHours(steps),
            "day" => BaseTime.AddDays(steps),
            "week" => BaseTime.AddDays(7 * steps),
            "month" => BaseTime.AddMonths((int)steps),
            _ => BaseTime.AddYears((int)steps),
        };
    }

    /// <summary>The number of the first event that is not due before a time.</summary>
    public long FirstFrom(DateTimeOffset now)
    {
        if (now <= BaseTime)
        {
            return 0;
        }

        // An estimate that is never too high, since no month is longer than 31 days and no year than 366.
        var step = Unit switch
        {
            "second" => TimeSpan.FromSeconds(1),
            "minute" => TimeSpan.FromMinutes(1),
            "hour" => TimeSpan.FromHours(1),
            "day" => TimeSpan.FromDays(1),
            "week" => TimeSpan.FromDays(7),
            "month" => TimeSpan.FromDays(31),
            _ => TimeSpan.FromDays(366),
        };
        var number = (now - BaseTime).Ticks / (step.Ticks * Interval);
        while (DueAt(number) < now)
        {
            number++;
        }

        return number;
    }

    private static DateTimeOffset TimeOf(PropertyReader properties)
    {
        var text = properties.Required("basetime");
        if (!DateFormat.TryParse(properties.Text("timeformat", DefaultTimeFormat), out var format, out var wrong) || format is null)
        {
            properties.Error(ProblemCode.InvalidProperty, $"Property 'timeformat': {wrong}");
            return DateTimeOffset.UnixEpoch;
        }

        if (format.TryRead(Encoding.UTF8.GetBytes(text), out var microseconds))
        {
            return DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
        }

        if (text.Length > 0)
        {
            properties.Error(ProblemCode.InvalidProperty, $"Property 'basetime' is '{text}', which does not fit '{format.Text}'.");
        }

        return DateTimeOffset.UnixEpoch;
    }
}
