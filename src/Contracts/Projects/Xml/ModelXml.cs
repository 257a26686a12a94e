using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Projects.Algorithms;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes train, score and model-supervisor windows. Names are set by the caller.</summary>
internal static class ModelXml
{
    private const string OnDemand = "on-demand";

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
            Models = [.. element.Under("models", "online").Select(e => new ScoreModelDefinition(
                scope.Required(e, "algorithm", path),
                CalculateXml.ReadProperties(e.Child("input-map"), scope, path),
                CalculateXml.ReadProperties(e.Child("output-map"), scope, path)))],
        };
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

    /// <summary>What in a train or score window this version does not run; null for nothing.</summary>
    public static string? UnsupportedPart(string kind, ModelElement element)
    {
        if (kind == "train")
        {
            return UnsupportedAlgorithm(AttributeOf(element, "algorithm"));
        }

        var models = element.Child("models")?.Children ?? [];
        var offline = models.Find(m => m.Name == "offline");
        return offline is not null
            ? $"models of type {AttributeOf(offline, "model-type")} are read from files of formats that are not run; use an online algorithm"
            : models.Find(m => m.Name == "online") is { } online ? UnsupportedAlgorithm(AttributeOf(online, "algorithm"))
            : null;
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
            to.Start("online");
            to.Attribute("algorithm", model.Algorithm);
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

    private static string AttributeOf(ModelElement element, string name) => element.Attributes.Find(a => a.Name == name).Value ?? "(none)";
}
