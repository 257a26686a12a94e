using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>window-object-tracker: gives objects that are found in frames numbers that last from frame to frame.</summary>
public sealed record ObjectTrackerWindowDefinition : WindowDefinition
{
    /// <summary>The most tracks that a frame may put out.</summary>
    public const int TracksMax = 1000;

    /// <summary>What tracks are put out as numbers, beside id and label; x, y, width and height are those of a rectangle.</summary>
    public static ImmutableArray<string> Numbers { get; } = ["score", "x", "y", "width", "height"];

    /// <summary>What is put out more with velocity-vector.</summary>
    public static ImmutableArray<string> Velocity { get; } = ["vx", "vy"];

    /// <summary>Attributes of tracker: numbers, with their defaults for iou and for bytetrack.</summary>
    public static ImmutableSortedDictionary<string, (double Iou, double ByteTrack)> TrackerDefaults { get; } =
        new Dictionary<string, (double, double)>
        {
            ["score-sigma-low"] = (0.5, 0.1),
            ["score-sigma-high"] = (0.3, 0.6),
            ["iou-sigma"] = (0.5, 0.2),
            ["iou-sigma2"] = (0.3, 0.5),
            ["iou-sigma-dup"] = (0, 0),
            ["velocity-vector-frames"] = (15, 15),
            ["max-track-lives"] = (10, 30),
            ["min-track-length"] = (0, 0),
            ["track-retention"] = (0, 0),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>True for method bytetrack, false for iou.</summary>
    public bool IsByteTrack { get; init; }

    /// <summary>Numbers of tracker that the model gives.</summary>
    public ImmutableSortedDictionary<string, string> Tracker { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>mode: true for array, false for wide.</summary>
    public bool IsArray { get; init; }

    /// <summary>What names of the fields that are added begin with.</summary>
    public string Prefix { get; init; } = "Object";

    /// <summary>Tracks that are put out at most.</summary>
    public int Tracks { get; init; }

    /// <summary>Whether velocities are put out.</summary>
    public bool HasVelocity { get; init; }

    /// <summary>Whether tracks shorter than min-track-length are put out.</summary>
    public bool HasNewborn { get; init; }

    /// <summary>Factor of x, width and their velocity.</summary>
    public double ScaleX { get; init; } = 1;

    /// <summary>Factor of y, height and their velocity.</summary>
    public double ScaleY { get; init; } = 1;

    /// <summary>rect, yolo or coco.</summary>
    public string CoordType { get; init; } = "rect";

    /// <summary>By attribute of input (count, score, label, x, ...): the field's name; with % for the number of the object.</summary>
    public ImmutableSortedDictionary<string, string> Inputs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override string Kind => "object-tracker";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;

    /// <summary>A number of tracker, or its default.</summary>
    public double Setting(string name) => Tracker.TryGetValue(name, out var text)
        ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
        : IsByteTrack ? TrackerDefaults[name].ByteTrack : TrackerDefaults[name].Iou;

    /// <summary>The fields of the coordinates in their order: left or centre, top or centre, then size; or two corners.</summary>
    public ImmutableArray<string> Coordinates => CoordType == "coco" ? ["x-min", "y-min", "x-max", "y-max"] : ["x", "y", "width", "height"];

    /// <inheritdoc/>
    internal override Schema? SchemaFrom(ImmutableArray<WindowInput> inputs, Action<string> report)
    {
        var added = new List<Field> { new($"{Prefix}_count", FieldType.Int64, false) };
        ImmutableArray<string> numbers = HasVelocity ? [.. Numbers, .. Velocity] : Numbers;
        for (var i = 0; i < (IsArray ? 1 : Tracks); i++)
        {
            var start = IsArray ? Prefix : Prefix + i.ToString(CultureInfo.InvariantCulture);
            added.Add(new Field($"{start}_id", IsArray ? FieldType.ArrayInt64 : FieldType.Int64, false));
            added.Add(new Field($"{start}_label", FieldType.String, false));
            added.AddRange(numbers.Select(n => new Field($"{start}_{n}", IsArray ? FieldType.ArrayDouble : FieldType.Double, false)));
        }

        var fields = inputs[0].Schema!.Fields;
        if (added.Find(a => fields.Any(f => f.Name == a.Name)) is { } twice)
        {
            report($"The output would have two fields '{twice.Name}'; give output another prefix.");
            return null;
        }

        return new Schema([.. fields, .. added]);
    }
}
