using System.Collections.Immutable;
using Lockstep.Connectors.Notifications;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Lockstep.Connectors.Tests.Notifications;

/// <summary>Mails of a notification window on a real mail connection: texts, conditions, throttling, and a server that refuses.</summary>
public sealed class NotificationSenderTests
{
    private const string Channel = """
        <email name="mail" throttle-interval="10 seconds"><deliver>gt($x,1)</deliver>
        <email-info><sender>me@example.com</sender><from>Plant</from><recipients>a@example.com, b@example.com</recipients>
          <subject>$name at $twice</subject></email-info>
        <email-contents unresolved-text="(none)"><text-content>It's $name: $nothing</text-content>
          <html-content>&lt;b&gt;$x&lt;/b&gt;</html-content><image-content name="dot">aGVsbG8=</image-content></email-contents></email>
        """;

    [Fact]
    public async Task A_mail_holds_the_texts_with_the_values_of_the_event()
    {
        await using var server = new MailServer();
        var rig = new SenderRig(server, Channel);
        await rig.RunAsync(() => rig.Put((1, "low", 0.5), (2, "high", 2.5)));

        var mail = Assert.Single(server.Mails);
        Assert.StartsWith("a@example.com b@example.com ", mail, StringComparison.Ordinal);
        Assert.Contains("Subject: high at 5", mail, StringComparison.Ordinal);
        Assert.Contains("From: Plant <me@example.com>", mail, StringComparison.Ordinal);
        Assert.Contains("It's high: (none)", mail, StringComparison.Ordinal);
        Assert.Contains("<b>2.5</b>", mail, StringComparison.Ordinal);
        Assert.Contains("aGVsbG8=", mail, StringComparison.Ordinal);
        Assert.Equal(1, rig.Sender.Status.EventsOut);
    }

    [Fact]
    public async Task Between_two_mails_the_throttle_interval_must_pass()
    {
        await using var server = new MailServer();
        var rig = new SenderRig(server, Channel);
        await rig.RunAsync(() =>
        {
            rig.Put((1, "first", 2));
            rig.Time.Advance(TimeSpan.FromSeconds(9));
            rig.Put((2, "second", 2));
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            rig.Put((3, "third", 2));
        });
        Assert.Equal(["first", "third"], server.Mails.Select(m => m.Split("Subject: ")[1].Split(' ')[0]));
    }

    [Fact]
    public async Task A_text_message_goes_to_the_number_at_its_gateway()
    {
        await using var server = new MailServer();
        var rig = new SenderRig(server, """
            <sms name="phone"><sms-info><sender>me@example.com</sender><gateway>gateway.example.com</gateway><phone>$id</phone></sms-info>
            <sms-contents><text-content>$name</text-content></sms-contents></sms>
            """);
        await rig.RunAsync(() => rig.Put((5551234, "hot", 2)));
        Assert.StartsWith("5551234@gateway.example.com ", Assert.Single(server.Mails), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_that_is_refused_is_tried_again_and_the_reason_said()
    {
        await using var server = new MailServer(refusals: 1);
        var rig = new SenderRig(server, Channel);
        await rig.RunAsync(async () =>
        {
            rig.Put((1, "high", 2));
            await Eventually.TrueAsync(() => rig.Sender.Status.Reason is not null);
            Assert.Contains("later", rig.Sender.Status.Reason, StringComparison.Ordinal);
            await Eventually.TrueAsync(() =>
            {
                rig.Time.Advance(TimeSpan.FromSeconds(5));
                return server.Mails.Count == 1;
            });
        });
        Assert.Null(rig.Sender.Status.Reason);
    }

    [Fact]
    public async Task A_run_without_connectors_and_a_channel_in_test_send_nothing()
    {
        await using var server = new MailServer();
        var quiet = new SenderRig(server, Channel, printsOnly: true);
        await quiet.RunAsync(() => quiet.Put((1, "high", 2)));
        var test = new SenderRig(server, Channel.Replace("name=\"mail\"", "test=\"true\"", StringComparison.Ordinal));
        await test.RunAsync(() => test.Put((1, "high", 2)));
        Assert.Empty(server.Mails);
        Assert.Equal((1, 1), (quiet.Sender.Status.EventsOut, test.Sender.Status.EventsOut));
    }

    /// <summary>A sender with a window of one channel.</summary>
    private sealed class SenderRig
    {
        private readonly Schema _schema;

        public SenderRig(MailServer server, string channel, bool printsOnly = false)
        {
            var read = ProjectXmlReader.Read($"""
                <project name="p"><contqueries><contquery name="cq"><windows>
                <window-source name="s"><schema-string>id*:int64,name:string,x:double</schema-string></window-source>
                <window-notification name="n"><smtp host="127.0.0.1" port="{server.Port}"/>
                  <function-context><functions><function name="twice">product($x,2)</function></functions></function-context>
                  <delivery-channels>{channel}</delivery-channels></window-notification>
                </windows><edges><edge source="s" target="n"/></edges></contquery></contqueries></project>
                """);
            Assert.Empty(read.Problems);
            var engine = ProjectEngine.Build(read.Project!).Engine!;
            var id = engine.Find("cq", "n");
            _schema = engine.SchemaOf(id);
            var window = read.Project!.ContinuousQueries[0].Windows[1];
            Sender = new NotificationSender(
                new ConnectorContext
                {
                    Project = "p",
                    Model = read.Project,
                    Query = "cq",
                    Window = window,
                    WindowId = id,
                    Schema = _schema,
                    Definition = new ConnectorDefinition("notification", "notification", ConnectorDirection.Subscribe, IsActive: true,
                        ImmutableSortedDictionary<string, string>.Empty, default),
                    Substitutions = Substitutions.None,
                    Worker = new WorkerIdentity { Member = "m", Incarnation = "1" },
                    Feed = new BlockFeed(),
                    Time = Time,
                    Loggers = NullLoggerFactory.Instance,
                },
                engine.NotificationOf(id),
                printsOnly);
        }

        public FakeTimeProvider Time { get; } = new();

        public NotificationSender Sender { get; }

        public void Put(params ReadOnlySpan<(long Id, string Name, double X)> events)
        {
            var block = new EventBlock(_schema);
            foreach (var (id, name, x) in events)
            {
                block.AppendObjects(Opcode.Insert, EventFlags.None, id, name, x);
            }

            Sender.Take(block);
        }

        public Task RunAsync(Action act) => RunAsync(() =>
        {
            act();
            return Task.CompletedTask;
        });

        /// <summary>What was taken is sent before it ends.</summary>
        public async Task RunAsync(Func<Task> act)
        {
            using var stop = new CancellationTokenSource();
            var run = Sender.RunAsync(stop.Token);
            await act();
            await stop.CancelAsync();
            await run;
            await Sender.DisposeAsync();
        }
    }
}
