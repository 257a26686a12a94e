using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using MimeKit;

namespace Lockstep.Connectors.Notifications;

/// <summary>Makes mails of messages.</summary>
internal static class NotificationMail
{
    /// <summary>The mail of a message; for sms and mms one to the phone number at the gateway.</summary>
    /// <exception cref="ParseException">An address is none.</exception>
    public static MimeMessage Of(NotificationChannelDefinition channel, NotificationMessage message)
    {
        var mail = new MimeMessage();
        var sender = MailboxAddress.Parse(message.Sender);
        mail.From.Add(message.From.Length > 0 && message.From != message.Sender ? new MailboxAddress(message.From, sender.Address) : sender);
        if (channel.Kind == NotificationChannelKind.Email)
        {
            mail.To.AddRange(InternetAddressList.Parse(message.Recipients));
        }
        else
        {
            mail.To.Add(MailboxAddress.Parse($"{message.Phone}@{message.Gateway}"));
        }

        if (message.To.Length > 0 && mail.To is [MailboxAddress { Name: null or "" } only])
        {
            only.Name = message.To;
        }

        mail.Subject = message.Subject;
        mail.Body = BodyOf(channel, message);
        return mail;
    }

    private static MimeEntity BodyOf(NotificationChannelDefinition channel, NotificationMessage message)
    {
        var body = new BodyBuilder();
        foreach (var (content, text) in channel.Contents.Zip(message.Contents))
        {
            switch (content.Kind)
            {
                case NotificationContentKind.Text: body.TextBody = Joined(body.TextBody, text); break;
                case NotificationContentKind.Html: body.HtmlBody = Joined(body.HtmlBody, text); break;
                default: AddImage(body, content, text); break;
            }
        }

        return body.ToMessageBody();
    }

    private static string Joined(string? before, string text) => string.IsNullOrEmpty(before) ? text : $"{before}\n{text}";

    // What is no base64 is text that a person can look at.
    private static void AddImage(BodyBuilder body, NotificationContent content, string text)
    {
        var name = content.Name.Length > 0 ? content.Name : "image";
        var bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text, bytes, out var length))
        {
            var image = body.LinkedResources.Add(name, bytes[..length]);
            image.ContentId = name;
        }
        else
        {
            body.TextBody = Joined(body.TextBody, text);
        }
    }
}
