using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes notification windows.</summary>
internal static class NotificationXml
{
    private static readonly (string Name, NotificationChannelKind Kind)[] Channels =
        [("email", NotificationChannelKind.Email), ("sms", NotificationChannelKind.Sms), ("mms", NotificationChannelKind.Mms)];

    private static readonly (string Name, NotificationContentKind Kind)[] Contents =
    [
        ("text-content", NotificationContentKind.Text), ("html-content", NotificationContentKind.Html),
        ("image-content", NotificationContentKind.Image),
    ];

    public static NotificationWindowDefinition Read(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        var smtp = element.Child("smtp");
        var channels = ImmutableArray.CreateBuilder<NotificationChannelDefinition>();
        foreach (var child in element.Child("delivery-channels")?.Children ?? [])
        {
            if (Array.Find(Channels, c => c.Name == child.Name) is { Name: not null } known)
            {
                channels.Add(ReadChannel(known.Kind, child, scope, path));
            }
            else
            {
                scope.Warn(ProblemCode.UnknownElement, path, child.Position,
                    $"Element <{child.Name}> in <delivery-channels> is not known and ignored.");
            }
        }

        var window = new NotificationWindowDefinition
        {
            Name = "",
            Smtp = smtp is null ? null : new SmtpDefinition(
                scope.Required(smtp, "host", path), scope.Number(smtp, "port", path, 1),
                scope.Attribute(smtp, "user", path) ?? "", scope.Attribute(smtp, SmtpDefinition.Secret.Attribute, path) ?? ""),
            Context = FunctionContextXml.Read(element, scope, path),
            Channels = channels.ToImmutable(),
        };
        if (window.Smtp is null && window.Channels.FirstOrDefault(c => !c.IsTest) is { } sending)
        {
            scope.Error(ProblemCode.Missing, path, sending.Position,
                $"Channel '{sending.Name}' sends mail, and the window names no server: add <smtp host=\"...\"/>, or set test=\"true\".");
        }

        return window;
    }

    public static void Write(NotificationWindowDefinition window, CanonicalWriter to)
    {
        if (window.Smtp is { } smtp)
        {
            to.Start("smtp");
            to.Attribute("host", smtp.Host);
            to.Attribute("port", smtp.Port?.ToString(CultureInfo.InvariantCulture));
            to.Attribute("user", smtp.User.Length > 0 ? smtp.User : null);
            to.Attribute(SmtpDefinition.Secret.Attribute, smtp.Password.Length > 0 ? smtp.Password : null);
            to.End();
        }

        FunctionContextXml.Write(window.Context, to);
        if (window.Channels.IsEmpty)
        {
            return;
        }

        to.Start("delivery-channels");
        foreach (var channel in window.Channels)
        {
            WriteChannel(channel, to);
        }

        to.End();
    }

    private static NotificationChannelDefinition ReadChannel(
        NotificationChannelKind kind, ModelElement element, ReadScope scope, string path)
    {
        var name = NameOf(kind);
        scope.WarnUnknownElements(element, path, "deliver", $"{name}-info", $"{name}-contents");
        var info = element.Child($"{name}-info");
        var contents = element.Child($"{name}-contents");
        string Info(string part) => info is null ? ""
            : scope.ChildText(info, part, path) ?? scope.Attribute(info, part, path) ?? "";
        var throttle = scope.Attribute(element, "throttle-interval", path);
        var wait = TimeSpan.Zero;
        if (!string.IsNullOrEmpty(throttle) && !DurationText.TryParse(throttle, out wait))
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position,
                $"Attribute throttle-interval='{throttle}' must be a duration, as in '10 minutes'.");
        }

        return new NotificationChannelDefinition(
            kind, scope.Attribute(element, "name", path) ?? "", scope.Flag(element, "test", path), wait, element.Position)
        {
            Deliver = element.Child("deliver") is { } deliver ? scope.Expression(deliver, path) : null,
            Sender = Info("sender"),
            Recipients = Info("recipients"),
            Subject = Info("subject"),
            From = Info("from"),
            To = Info("to"),
            Gateway = Info("gateway"),
            Phone = Info("phone"),
            UnresolvedText = new[] { contents, info, element }
                .Select(e => e is null ? null : scope.Attribute(e, "unresolved-text", path)).FirstOrDefault(t => t is not null) ?? "",
            Contents =
            [
                .. from content in contents?.Children ?? []
                   let known = Array.Find(Contents, c => c.Name == content.Name)
                   where known.Name is not null
                   select new NotificationContent(known.Kind, scope.Attribute(content, "name", path) ?? "", scope.Text(content, path)),
            ],
        };
    }

    private static void WriteChannel(NotificationChannelDefinition channel, CanonicalWriter to)
    {
        var name = NameOf(channel.Kind);
        to.Start(name);
        to.Attribute("name", channel.Name.Length > 0 ? channel.Name : null);
        to.Flag("test", channel.IsTest);
        to.Attribute("throttle-interval", channel.Throttle > TimeSpan.Zero
            ? $"{channel.Throttle.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)} milliseconds" : null);
        if (channel.Deliver is { } deliver)
        {
            to.Text("deliver", deliver.Text);
        }

        to.Start($"{name}-info");
        foreach (var (part, text) in new[]
        {
            ("sender", channel.Sender), ("recipients", channel.Recipients), ("subject", channel.Subject), ("from", channel.From),
            ("to", channel.To), ("gateway", channel.Gateway), ("phone", channel.Phone),
        })
        {
            if (text.Length > 0)
            {
                to.Text(part, text);
            }
        }

        to.End();
        to.Start($"{name}-contents");
        to.Attribute("unresolved-text", channel.UnresolvedText.Length > 0 ? channel.UnresolvedText : null);
        foreach (var content in channel.Contents)
        {
            to.Start(Array.Find(Contents, c => c.Kind == content.Kind).Name);
            to.Attribute("name", content.Name.Length > 0 ? content.Name : null);
            to.Content(content.Body);
            to.End();
        }

        to.End();
        to.End();
    }

    private static string NameOf(NotificationChannelKind kind) => Array.Find(Channels, c => c.Kind == kind).Name;
}
