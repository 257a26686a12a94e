using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Projects.Algorithms;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes train, score, model-reader and model-supervisor windows. Names are set by the caller.</summary>
internal static class ModelXml
{
    private const string OnDemand = "on-demand";
    private const string Online = "online";
    private const string Offline = "offline";
    private const string ModelType = "model-type";

    public static TrainWindowDefinition ReadTrain(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new TrainWindowDefinition
        {
            Name = "",
            Algorithm = scope.Required(element, "algorithm", path),
            Parameters = CalculateXml.ReadProperties(element.Child("parameters"), scope, path),
            InputMap = CalculateXml.ReadProperties(element.Child("input-map"), scope, path),
        };
    }

    public static ScoreWindowDefinition ReadScore(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new ScoreWindowDefinition
        {
            Name = "",
            Models = [.. (element.Child("models")?.Children ?? []).Where(e => e.Name is Online or Offline).Select(e => ReadModel(e, scope, path))],
        };
    }

    private static ScoreModelDefinition ReadModel(ModelElement element, ReadScope scope, string path) => new(
        scope.Required(element, element.Name == Offline ? ModelType : "algorithm", path),
        CalculateXml.ReadProperties(element.Child("input-map"), scope, path),
        CalculateXml.ReadProperties(element.Child("output-map"), scope, path))
    {
        IsOffline = element.Name == Offline,
        Reference = element.Name == Offline && scope.Attribute(element, ModelReaderWindowDefinition.Reference, path) is { Length: > 0 } reference
            ? reference : null,
    };

    public static ModelReaderWindowDefinition ReadReader(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new ModelReaderWindowDefinition
        {
            Name = "",
            ModelType = scope.Required(element, ModelType, path),
            Parameters = CalculateXml.ReadProperties(element.Child("parameters"), scope, path),
        };
    }

    public static void WriteReader(ModelReaderWindowDefinition window, CanonicalWriter to, Action children)
    {
        to.Attribute(ModelType, window.ModelType);
        children();
        WriteMap("parameters", window.Parameters, to);
    }

    public static ModelSupervisorWindowDefinition ReadSupervisor(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        var policy = scope.Attribute(element, "deployment-policy", path) ?? "";
        if (policy is not ("" or "immediate" or OnDemand))
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position,
                $"Attribute deployment-policy='{policy}' is not known; known are immediate and {OnDemand}.");
        }

        var text = scope.Attribute(element, "capacity", path) ?? "";
        var capacity = ModelSupervisorWindowDefinition.CapacityDefault;
        if (text.Length > 0 && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out capacity)
            || capacity is < 1 or > ModelSupervisorWindowDefinition.CapacityMax))
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position,
                $"Attribute capacity='{text}' must be a number from 1 to {ModelSupervisorWindowDefinition.CapacityMax}.");
            capacity = ModelSupervisorWindowDefinition.CapacityDefault;
        }

        return new ModelSupervisorWindowDefinition { Name = "", IsOnDemand = policy == OnDemand, Capacity = capacity };
    }

    public static void WriteSupervisor(ModelSupervisorWindowDefinition window, CanonicalWriter to)
    {
        to.Attribute("deployment-policy", window.IsOnDemand ? OnDemand : "immediate");
        to.Attribute("capacity", window.Capacity.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What in a train, score or model-reader window this version does not run; null for nothing.</summary>
    public static string? UnsupportedPart(string kind, ModelElement element)
    {
        if (kind == "train")
        {
            return UnsupportedAlgorithm(AttributeOf(element, "algorithm"));
        }

        if (kind == "model-reader")
        {
            return UnsupportedType(AttributeOf(element, ModelType))
                ?? (element.Child("processing-steps") is null ? null : "processing-steps are not run; compute the model's inputs in windows in front");
        }

        // The first is the one that is applied.
        return element.Child("models")?.Children.Find(m => m.Name is Online or Offline) switch
        {
            { Name: Offline } offline => UnsupportedType(AttributeOf(offline, ModelType)),
            { } online => UnsupportedAlgorithm(AttributeOf(online, "algorithm")),
            null => null,
        };
    }

    /// <summary>Writes what is a train window's own: its attribute, then by <paramref name="children"/> what all have, then its maps.</summary>
    public static void WriteTrain(TrainWindowDefinition window, CanonicalWriter to, Action children)
    {
        to.Attribute("algorithm", window.Algorithm);
        children();
        WriteMap("parameters", window.Parameters, to);
        WriteMap("input-map", window.InputMap, to);
    }

    public static void WriteScore(ScoreWindowDefinition window, CanonicalWriter to)
    {
        to.Start("models");
        foreach (var model in window.Models)
        {
            to.Start(model.IsOffline ? Offline : Online);
            to.Attribute(model.IsOffline ? ModelType : "algorithm", model.Algorithm);
            to.Attribute(ModelReaderWindowDefinition.Reference, model.Reference);
            WriteMap("input-map", model.InputMap, to);
            WriteMap("output-map", model.OutputMap, to);
            to.End();
        }

        to.End();
    }

    /// <summary>Properties in an element of a name; nothing when there are none.</summary>
    public static void WriteMap(string name, ImmutableSortedDictionary<string, string> map, CanonicalWriter to)
    {
        if (map.Count > 0)
        {
            to.Start(name);
            to.Properties("properties", map);
            to.End();
        }
    }

    private static string? UnsupportedAlgorithm(string name) => AlgorithmTable.Find(name, AlgorithmUse.Model) is not null ? null
        : $"algorithm {name} is not run; run are {AlgorithmTable.NamesFor(AlgorithmUse.Model)}";

    private static string? UnsupportedType(string type) => type switch
    {
        ModelReaderWindowDefinition.Onnx => null,
        "astore" => "models of type astore are a proprietary format; export the model as ONNX, or use an online algorithm",
        "recommender" => "models of type recommender are a proprietary format; export the model as ONNX",
        _ => $"models of type {type} are not run; run are those of type {ModelReaderWindowDefinition.Onnx}",
    };

    private static string AttributeOf(ModelElement element, string name) => element.Attributes.Find(a => a.Name == name).Value ?? "(none)";
}
