using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Secrets;

/// <summary>An attribute of an element that holds a secret; the definition of the element has it.</summary>
/// <param name="Element">The element.</param>
/// <param name="Attribute">The attribute.</param>
public sealed record SecretAttribute(string Element, string Attribute);

/// <summary>What the definitions mark as secret: the one table that console, logs and the validator go by.</summary>
public static class SecretTable
{
    /// <summary>Attributes, as the definitions of their elements have them.</summary>
    public static ImmutableArray<SecretAttribute> Attributes { get; } = [SmtpDefinition.Secret, StateDbDefinition.Secret];

    /// <summary>Properties of connectors that are secret, by class and name.</summary>
    public static IEnumerable<(string Class, ConnectorProperty Property)> Properties =>
        from connector in ConnectorPropertyTable.Connectors
        from property in connector.Value
        where property.Secret != SecretForm.Open
        select (connector.Key, property);

    internal static SecretForm OfAttribute(string element, string attribute) =>
        Attributes.Contains(new SecretAttribute(element, attribute)) ? SecretForm.Whole : SecretForm.Open;

    // One that no definition knows goes by its name: it may be one of another engine's class.
    internal static SecretForm OfProperty(string connectorClass, string name) =>
        ConnectorPropertyTable.Find(connectorClass, name) is { } property ? property.Secret
            : SecretText.IsName(name) && !name.EndsWith("encrypted", StringComparison.OrdinalIgnoreCase) ? SecretForm.Whole : SecretForm.Settings;
}
