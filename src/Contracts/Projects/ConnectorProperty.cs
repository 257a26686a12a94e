using System.Collections.Immutable;
using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Contracts.Projects;

/// <summary>Which connectors of a class take a property.</summary>
public enum PropertyUse
{
    /// <summary>Publishers and subscribers.</summary>
    Both,

    /// <summary>Publishers only.</summary>
    Publish,

    /// <summary>Subscribers only.</summary>
    Subscribe,
}

/// <summary>What a property's text must be.</summary>
public enum PropertyKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>true or false.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>One of <see cref="ConnectorProperty.Choices"/>.</summary>
    Choice,

    /// <summary>One of <see cref="ConnectorProperty.Choices"/>, or the name of a string field of the window.</summary>
    ChoiceOrField,

    /// <summary>A date format.</summary>
    DateFormat,

    /// <summary>Known from the original and accepted, without effect here.</summary>
    NoEffect,
}

/// <summary>One property of a connector class.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What its text must be.</param>
/// <param name="Summary">What it does, as half a sentence.</param>
/// <param name="Use">Which connectors take it.</param>
/// <param name="IsRequired">True when a connector that takes it does not run without.</param>
/// <param name="Choices">The allowed texts of a choice.</param>
public sealed record ConnectorProperty(
    string Name,
    PropertyKind Kind,
    string Summary,
    PropertyUse Use = PropertyUse.Both,
    bool IsRequired = false,
    ImmutableArray<string> Choices = default)
{
    /// <summary>Property snapshot, which all subscribers take.</summary>
    internal static ConnectorProperty Snapshot { get; } = new("snapshot", PropertyKind.Flag, "in a connector group that waits for another: "
        + "the window's rows come first, as inserts; one that starts with the project finds no rows", PropertyUse.Subscribe);

    /// <summary>What of its text is secret: hidden wherever a model is shown (docs/reference/secrets.md).</summary>
    public SecretForm Secret { get; init; }

    /// <summary>True when connectors of a direction take it.</summary>
    public bool IsFor(ConnectorDirection direction) => Use switch
    {
        PropertyUse.Publish => direction == ConnectorDirection.Publish,
        PropertyUse.Subscribe => direction == ConnectorDirection.Subscribe,
        _ => true,
    };
}
