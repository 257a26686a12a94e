using System.Collections.Immutable;
using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Contracts.Projects;

/// <summary>window-notification: events pass as they come, and channels send messages made of them.</summary>
public sealed record NotificationWindowDefinition : WindowDefinition
{
    /// <summary>The mail server; null when no channel needs one.</summary>
    public SmtpDefinition? Smtp { get; init; }

    /// <summary>What is computed for each event, for use in channels as <c>$name</c>.</summary>
    public FunctionContextDefinition Context { get; init; } = FunctionContextDefinition.Empty;

    /// <summary>Where messages go, in document order.</summary>
    public required ImmutableArray<NotificationChannelDefinition> Channels { get; init; }

    /// <inheritdoc/>
    public override string Kind => "notification";

    /// <inheritdoc/>
    public override bool DerivesSchema => true;
}

/// <summary>A mail server.</summary>
/// <param name="Host">Host name.</param>
/// <param name="Port">Port; null for 25, or 587 with a user.</param>
/// <param name="User">Who logs in; empty for nobody.</param>
/// <param name="Password">Its password.</param>
public sealed record SmtpDefinition(string Host, int? Port, string User, string Password)
{
    /// <summary>The attribute that is secret.</summary>
    public static SecretAttribute Secret { get; } = new("smtp", "password");

    /// <inheritdoc/>
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>How a channel reaches people.</summary>
public enum NotificationChannelKind
{
    /// <summary>A mail.</summary>
    Email,

    /// <summary>A text message, by a mail to a gateway.</summary>
    Sms,

    /// <summary>A message with pictures, by a mail to a gateway.</summary>
    Mms,
}

/// <summary>A channel of a notification window. In its texts <c>$name</c> is a field or a result.</summary>
/// <param name="Kind">How it reaches people.</param>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="IsTest">True: messages are printed and not sent.</param>
/// <param name="Throttle">Time that must pass between two messages; zero for none.</param>
/// <param name="Position">Where it stands.</param>
public sealed record NotificationChannelDefinition(
    NotificationChannelKind Kind, string Name, bool IsTest, TimeSpan Throttle, TextPosition Position)
{
    /// <summary>Says whether an event is sent: not for 0, false and null; null: every event is.</summary>
    public ExpressionText? Deliver { get; init; }

    /// <summary>Address of the sender.</summary>
    public string Sender { get; init; } = "";

    /// <summary>Addresses of the recipients, with commas between.</summary>
    public string Recipients { get; init; } = "";

    /// <summary>The subject.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The name shown as sender.</summary>
    public string From { get; init; } = "";

    /// <summary>The name shown as recipient.</summary>
    public string To { get; init; } = "";

    /// <summary>Host of the gateway for text messages.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>The phone number.</summary>
    public string Phone { get; init; } = "";

    /// <summary>What stands for a name that means nothing, or is null.</summary>
    public string UnresolvedText { get; init; } = "";

    /// <summary>The contents in document order.</summary>
    public ImmutableArray<NotificationContent> Contents { get; init; } = [];
}

/// <summary>What a content is.</summary>
public enum NotificationContentKind
{
    /// <summary>text-content.</summary>
    Text,

    /// <summary>html-content.</summary>
    Html,

    /// <summary>image-content: base64.</summary>
    Image,
}

/// <summary>A part of a message.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Body">Its text.</param>
public sealed record NotificationContent(NotificationContentKind Kind, string Name, string Body);
