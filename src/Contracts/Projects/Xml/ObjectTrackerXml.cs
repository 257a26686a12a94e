using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes what is peculiar to object-tracker windows.</summary>
internal static class ObjectTrackerXml
{
    private const int TracksDefault = 10;
    private static readonly string[] Fields = ["count", "score", "label", "x", "y", "width", "height", "x-min", "y-min", "x-max", "y-max"];

    public static ObjectTrackerWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        ModelElement Part(string name) => element.Child(name) ?? new ModelElement(name, element.Position);
        var (tracker, output, input) = (Part("tracker"), Part("output"), Part("input"));
        scope.WarnUnknownAttributes(tracker, path, ["method", .. ObjectTrackerWindowDefinition.TrackerDefaults.Keys]);
        scope.WarnUnknownAttributes(output, path, "mode", "prefix", "tracks", "velocity-vector", "newborn-tracks", "scale-x", "scale-y");
        scope.WarnUnknownAttributes(input, path, ["coord-type", .. Fields]);
        var tracks = scope.Number(output, "tracks", path, 0) ?? 0;
        if (tracks > ObjectTrackerWindowDefinition.TracksMax)
        {
            scope.Error(ProblemCode.InvalidValue, path, output.Position,
                $"Attribute tracks is {tracks}; it may be {ObjectTrackerWindowDefinition.TracksMax} at most.");
            tracks = TracksDefault;
        }

        return new ObjectTrackerWindowDefinition
        {
            Name = "",
            IsByteTrack = Word(tracker, "method", scope, path, "iou", "bytetrack") == "bytetrack",
            Tracker = ReadNumbers(tracker, scope, path),
            IsArray = Word(output, "mode", scope, path, "wide", "array") == "array",
            Prefix = scope.Attribute(output, "prefix", path) is { Length: > 0 } prefix ? prefix : "Object",
            Tracks = tracks == 0 ? TracksDefault : tracks,
            HasVelocity = scope.Flag(output, "velocity-vector", path),
            HasNewborn = scope.Flag(output, "newborn-tracks", path),
            ScaleX = ReadScale(output, "scale-x", scope, path),
            ScaleY = ReadScale(output, "scale-y", scope, path),
            CoordType = Word(input, "coord-type", scope, path, "rect", "yolo", "coco"),
            Inputs = Fields.Select(f => (f, Value: scope.Attribute(input, f, path))).Where(f => !string.IsNullOrEmpty(f.Value))
                .ToImmutableSortedDictionary(f => f.f, f => f.Value!, StringComparer.Ordinal),
        };
    }

    public static void Write(ObjectTrackerWindowDefinition window, CanonicalWriter to)
    {
        to.Start("tracker");
        to.Attribute("method", window.IsByteTrack ? "bytetrack" : "iou");
        foreach (var (name, value) in window.Tracker)
        {
            to.Attribute(name, value);
        }

        to.End();
        to.Start("output");
        to.Attribute("mode", window.IsArray ? "array" : "wide");
        to.Attribute("prefix", window.Prefix);
        to.Attribute("tracks", window.Tracks.ToString(CultureInfo.InvariantCulture));
        to.Flag("velocity-vector", window.HasVelocity);
        to.Flag("newborn-tracks", window.HasNewborn);
        to.Attribute("scale-x", window.ScaleX.ToString("R", CultureInfo.InvariantCulture));
        to.Attribute("scale-y", window.ScaleY.ToString("R", CultureInfo.InvariantCulture));
        to.End();
        to.Start("input");
        to.Attribute("coord-type", window.CoordType);
        foreach (var (name, value) in window.Inputs)
        {
            to.Attribute(name, value);
        }

        to.End();
    }

    private static ImmutableSortedDictionary<string, string> ReadNumbers(ModelElement tracker, ReadScope scope, string path)
    {
        var numbers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var name in ObjectTrackerWindowDefinition.TrackerDefaults.Keys)
        {
            if (scope.Attribute(tracker, name, path) is not { Length: > 0 } text)
            {
                continue;
            }

            var most = name.Contains("sigma", StringComparison.Ordinal) ? 1 : 1e6;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= most)
            {
                numbers[name] = text;
            }
            else
            {
                scope.Error(ProblemCode.InvalidValue, path, tracker.Position,
                    FormattableString.Invariant($"Attribute {name}='{text}' must be a number from 0 to {most}."));
            }
        }

        return numbers.ToImmutable();
    }

    // A number, or two with a slash between: 1920/416.
    private static double ReadScale(ModelElement output, string name, ReadScope scope, string path)
    {
        if (scope.Attribute(output, name, path) is not { Length: > 0 } text)
        {
            return 1;
        }

        var parts = text.Split('/');
        var numbers = parts.Select(p => double.TryParse(p, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : double.NaN).ToArray();
        var scale = numbers.Length == 1 ? numbers[0] : numbers.Length == 2 ? numbers[0] / numbers[1] : double.NaN;
        if (double.IsFinite(scale))
        {
            return scale;
        }

        scope.Error(ProblemCode.InvalidValue, path, output.Position, $"Attribute {name}='{text}' must be a number above 0, or two as in '1920/416'.");
        return 1;
    }

    private static string Word(ModelElement element, string name, ReadScope scope, string path, params string[] words)
    {
        var text = scope.Attribute(element, name, path) ?? "";
        if (text.Length > 0 && !words.Contains(text))
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position,
                $"Attribute {name}='{text}' is not known; known are {string.Join(", ", words)}.");
        }

        return words.Contains(text) ? text : words[0];
    }
}
