using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Adapters;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about the connectors of a window.</summary>
internal sealed class ConnectorChecker(ConnectorRules rules, ProblemList found)
{
    public void Check(WindowDefinition window, string windowPath)
    {
        found.Duplicates(window.Connectors, c => c.Name, c => c.Position, windowPath, "connectors of the window");
        foreach (var connector in window.Connectors)
        {
            var before = found.Problems.Count;
            Check(connector, window, $"{windowPath}/{connector.Name}");
            if (!connector.IsActive)
            {
                // It does not start, so it keeps nothing from running.
                Problem.SoftenFrom(found.Problems, before);
            }
        }
    }

    private void Check(ConnectorDefinition connector, WindowDefinition window, string path)
    {
        if (!rules.Connectors.TryGetValue(connector.Class, out var properties))
        {
            found.Error(ProblemCode.UnsupportedConnector, path, connector.Position,
                RefusedConnectors.Explain(connector.Class, rules.Connectors.Keys));
            return;
        }

        if (connector.Direction == ConnectorDirection.Publish && window is not SourceWindowDefinition and not UnsupportedWindowDefinition)
        {
            found.Error(ProblemCode.InvalidProperty, path, connector.Position, $"A publisher needs a source window; '{window.Name}' is none.");
        }

        CheckProperties(
            connector.Properties, properties, connector.Direction, window.Schema, $"connector class {connector.Class}", path, connector.Position);
        CheckFailover(connector, path);
        if (connector.Class == "adapter")
        {
            CheckAdapter(connector, path);
        }
    }

    private void CheckProperties(
        ImmutableSortedDictionary<string, string> given, ImmutableArray<ConnectorProperty> known, ConnectorDirection direction,
        Schema? schema, string owner, string path, TextPosition position)
    {
        var usable = known.Where(p => p.IsFor(direction)).ToList();
        foreach (var (name, value) in given)
        {
            if (usable.Find(p => p.Name == name) is { } property)
            {
                CheckValue(property, value, direction, schema, path, position);
            }
            else
            {
                var elsewhere = known.Any(p => p.Name == name) ? $" for a {(direction == ConnectorDirection.Publish ? "publisher" : "subscriber")}" : "";
                found.Warn(ProblemCode.UnknownProperty, path, position,
                    $"Property '{name}' is not supported by {owner}{elsewhere} and ignored; supported are "
                    + $"{string.Join(", ", usable.Select(p => p.Name).Order(StringComparer.Ordinal))}.");
            }
        }

        foreach (var missing in usable.Where(p => p.IsRequired && string.IsNullOrEmpty(given.GetValueOrDefault(p.Name))))
        {
            found.Error(ProblemCode.MissingProperty, path, position, $"Property {missing.Name} is missing: {missing.Summary}.");
        }
    }

    private void CheckValue(
        ConnectorProperty property, string value, ConnectorDirection direction, Schema? schema, string path, TextPosition position)
    {
        // A token without value is reported where it is read.
        if (value.Length == 0 || value.Contains('@', StringComparison.Ordinal))
        {
            return;
        }

        if (property.Kind == PropertyKind.NoEffect)
        {
            found.Warn(ProblemCode.InvalidProperty, path, position, $"Property {property.Name} has no effect here: {property.Summary}.");
            return;
        }

        var problem = property.Kind switch
        {
            PropertyKind.Flag when !IsFlag(value) => "it must be true or false",
            PropertyKind.Number when !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
                "it must be a whole number",
            PropertyKind.Choice when !property.Choices.Contains(value, StringComparer.OrdinalIgnoreCase) =>
                $"supported are {string.Join(", ", property.Choices)}",
            PropertyKind.ChoiceOrField when !property.Choices.Contains(value, StringComparer.OrdinalIgnoreCase) && !IsText(schema, value) =>
                $"supported are {string.Join(", ", property.Choices)} and the name of a field of type string",
            PropertyKind.DateFormat when !DateFormat.TryParse(value, out _, out var reason) => reason,
            _ when property.Name == "header" => HeaderProblem(value, direction),
            _ => null,
        };
        if (problem is not null)
        {
            found.Error(ProblemCode.InvalidProperty, path, position, $"Property {property.Name} is '{value}'; {problem.TrimEnd('.')}.");
        }
    }

    // A schema that is not known is found out later.
    private static bool IsText(Schema? schema, string name) =>
        schema is null || (schema.IndexOf(name) is >= 0 and var index && schema.Fields[index].Type == FieldType.String);

    private static bool IsFlag(string value) =>
        value is "0" or "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase) || value.Equals("false", StringComparison.OrdinalIgnoreCase);

    private static string? HeaderProblem(string value, ConnectorDirection direction)
    {
        if (IsFlag(value) && value is not ("0" or "1"))
        {
            return null;
        }

        if (direction == ConnectorDirection.Subscribe)
        {
            return value.Equals("full", StringComparison.OrdinalIgnoreCase) ? null : "a subscriber's must be true, full or false";
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : "a publisher's must be a number of lines";
    }

    private void CheckFailover(ConnectorDefinition connector, string path)
    {
        if (connector.Class == "kafka" && connector.Properties.GetValueOrDefault("hotfailover", "").Equals("true", StringComparison.OrdinalIgnoreCase)
            && string.IsNullOrEmpty(connector.Properties.GetValueOrDefault("zookeeperhostport")))
        {
            found.Error(ProblemCode.IncompleteFailover, path, connector.Position, "Property hotfailover needs zookeeperhostport.");
        }
    }

    private void CheckAdapter(ConnectorDefinition connector, string path)
    {
        if (connector.Properties.GetValueOrDefault("url") is { Length: > 0 } url && !url.Contains('@', StringComparison.Ordinal)
            && !PubSubUrl.TryParse(url, out _, out var problem))
        {
            found.Error(ProblemCode.InvalidUrl, path, connector.Position, $"Property url: {problem}");
        }

        if (connector.Properties.GetValueOrDefault("command") is not { Length: > 0 } text
            || AdapterCommand.Parse(text, path, connector.Position, found.Problems) is not { } command
            || !rules.Adapters.TryGetValue(command.Adapter, out var properties))
        {
            return;
        }

        // The command says which way events go; the connector's own type is always pub in published models.
        var type = command.Properties.GetValueOrDefault("type", "");
        if (type is not ("pub" or "sub"))
        {
            found.Error(ProblemCode.InvalidCommand, path, connector.Position, $"Property type of the command is '{type}'; it must be pub or sub.");
            return;
        }

        CheckProperties(command.Properties, properties, type == "pub" ? ConnectorDirection.Publish : ConnectorDirection.Subscribe, schema: null,
            command.Adapter, path, connector.Position);
    }
}
