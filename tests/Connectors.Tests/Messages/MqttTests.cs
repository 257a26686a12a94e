using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Connectors.Tests.Messages;

/// <summary>Publishers and subscribers of class mqtt against a real Mosquitto.</summary>
public sealed class MqttTests : IAsyncLifetime
{
    private readonly Rig _rig = new();
    private readonly TempFolder _folder = new();
    private readonly (string Certificate, string Key) _certificate = MakeCertificate();
    private MosquittoServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await MosquittoServer.StartAsync(_certificate);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
        _rig.Dispose();
    }

    [Theory]
    [InlineData("csv", "0")]
    [InlineData("csv", "1")]
    [InlineData("json", "2")]
    public async Task What_a_subscriber_sends_a_publisher_receives_in_order(string type, string qos)
    {
        var publisher = Connector(ConnectorDirection.Publish, type, ("mqttqos", qos), ("maxevents", "4"));
        var receiving = publisher.RunAsync(TestContext.Current.CancellationToken);
        await IsConnectedAsync(publisher);
        await SendAsync(
            Connector(ConnectorDirection.Subscribe, type, ("mqttqos", qos), ("collapse", "true")),
            Rig.Block((Opcode.Insert, EventFlags.None, 1, "a,\"b\"\nc"), (Opcode.Delete, EventFlags.None, 2, "b")),
            Rig.Block((Opcode.UpdateBlock, EventFlags.None, 3, "new"), (Opcode.Delete, EventFlags.None, 3, "old")),
            Rig.Block((Opcode.Upsert, EventFlags.None, 4, "d")));
        await receiving.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        Assert.Equal((ConnectorState.Finished, null), (publisher.Status.State, publisher.Status.Reason));
        Assert.Equal("Insert 1 a,\"b\"\nc;Delete 2 b;Update 3 new;Upsert 4 d", string.Join(';', _rig.Blocks()));
    }

    [Fact]
    public async Task Opaque_strings_fill_the_text_field_and_the_topic()
    {
        var schema = new Schema([new Field("id", FieldType.Int64, IsKey: true), new Field("text", FieldType.String), new Field("topic", FieldType.String)]);
        var publisher = Create(ConnectorDirection.Publish, schema, "opaquestring", "t/#", ("maxevents", "1"));
        var receiving = publisher.RunAsync(TestContext.Current.CancellationToken);
        await IsConnectedAsync(publisher);
        await SendAsync(
            Create(ConnectorDirection.Subscribe, Rig.Schema, "opaquestring", "t/1"),
            Rig.Block((Opcode.Insert, EventFlags.None, 1, "{\"any\": \"thing\"}")));
        await receiving.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        Assert.True(_rig.Feed.TryTake(out var item));
        Assert.Equal([null, "{\"any\": \"thing\"}", "t/1"], Enumerable.Range(0, 3).Select(i => item.Block.Columns[i].GetObject(0)));
    }

    [Fact]
    public async Task Messages_wait_while_the_broker_is_away()
    {
        var subscriber = (ISubscriber)Connector(ConnectorDirection.Subscribe, "csv", ("mqttqos", "1"));
        var publisher = Connector(ConnectorDirection.Publish, "csv", ("mqttqos", "1"), ("maxevents", "2"));
        using var stop = new CancellationTokenSource();
        var sending = subscriber.RunAsync(stop.Token);
        var receiving = publisher.RunAsync(TestContext.Current.CancellationToken);
        await IsConnectedAsync(publisher);
        subscriber.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "before")));
        await Eventually.TrueAsync(() => publisher.Status.EventsIn == 1);
        await _server.KillAsync();
        await Eventually.TrueAsync(() => publisher.Status.Reason is not null);
        Assert.Equal(ConnectorState.Running, publisher.Status.State);
        await _server.RestartAsync();
        await IsConnectedAsync(publisher);
        subscriber.Take(Rig.Block((Opcode.Insert, EventFlags.None, 2, "after")));
        await receiving.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        Assert.Equal(["Insert 1 before", "Insert 2 after"], _rig.Blocks());
        await stop.CancelAsync();
        await sending;
    }

    [Fact]
    public async Task A_wrong_password_ends_the_publisher_and_is_nowhere_in_what_it_says()
    {
        const string wrong = "wrong-password";
        var publisher = Connector(ConnectorDirection.Publish, "csv", ("mqttpassword", wrong));
        await publisher.RunAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        Assert.Equal(ConnectorState.Failed, publisher.Status.State);
        Assert.Contains("Check mqttuserid", publisher.Status.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, publisher.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_ends_a_csv_publisher_unless_it_may_be_dropped()
    {
        var strict = Connector(ConnectorDirection.Publish, "csv");
        var lenient = Connector(ConnectorDirection.Publish, "csv", ("ignorecsvparseerrors", "true"), ("maxevents", "1"));
        Task[] runs = [strict.RunAsync(TestContext.Current.CancellationToken), lenient.RunAsync(TestContext.Current.CancellationToken)];
        await IsConnectedAsync(strict);
        await IsConnectedAsync(lenient);
        await SendAsync(
            Connector(ConnectorDirection.Subscribe, "opaquestring"),
            Rig.Block((Opcode.Insert, EventFlags.None, 1, "i,n,x,y"), (Opcode.Insert, EventFlags.None, 2, "i,n,7,z")));
        await Task.WhenAll(runs).WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        Assert.Equal(ConnectorState.Failed, strict.Status.State);
        Assert.StartsWith("Message of 'lockstep/events': Field 3: ", strict.Status.Reason, StringComparison.Ordinal);
        Assert.Equal((ConnectorState.Finished, 1L), (lenient.Status.State, lenient.Status.Dropped));
        Assert.Equal(["Insert 7 z"], _rig.Blocks());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tls_trusts_the_authority_that_is_named(bool isNamed)
    {
        var authority = _folder.At("ca.pem");
        await File.WriteAllTextAsync(authority, isNamed ? _certificate.Certificate : MakeCertificate().Certificate, TestContext.Current.CancellationToken);
        var publisher = Connector(
            ConnectorDirection.Publish, "csv", ("mqttssl", "true"), ("mqttsslcafile", authority), ("mqttport", $"{_server.TlsPort}"), ("maxevents", "1"));
        using var stop = new CancellationTokenSource();
        var run = publisher.RunAsync(stop.Token);
        if (isNamed)
        {
            await IsConnectedAsync(publisher);
            await SendAsync(Connector(ConnectorDirection.Subscribe, "csv"), Rig.Block((Opcode.Insert, EventFlags.None, 1, "a")));
            await run.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
            Assert.Equal(["Insert 1 a"], _rig.Blocks());
            return;
        }

        await Eventually.TrueAsync(() => publisher.Status.Reason is not null);
        Assert.Equal(0, publisher.Status.EventsIn);
        await stop.CancelAsync();
        await run;
    }

    private static async Task SendAsync(IConnector connector, params EventBlock[] blocks)
    {
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        foreach (var block in blocks)
        {
            ((ISubscriber)connector).Take(block);
        }

        await stop.CancelAsync();
        await run;
        Assert.Equal((ConnectorState.Stopped, null), (connector.Status.State, connector.Status.Reason));
    }

    private static Task IsConnectedAsync(IConnector connector) => Eventually.TrueAsync(() => connector.Status is { IsConnected: true });

    private IConnector Connector(ConnectorDirection direction, string type, params (string Name, string Value)[] more) =>
        Create(direction, Rig.Schema, type, "lockstep/events", more);

    private IConnector Create(
        ConnectorDirection direction, Schema schema, string type, string topic, params (string Name, string Value)[] more)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["mqtthost"] = "127.0.0.1",
            ["mqttport"] = $"{_server.Port}",
            ["mqtttopic"] = topic,
            ["mqttmsgtype"] = type,
            ["mqttuserid"] = MosquittoServer.User,
            ["mqttpassword"] = MosquittoServer.Password,
        };
        foreach (var (name, value) in more)
        {
            properties[name] = value;
        }

        return Rig.Create(_rig.Feed, "mqtt", schema, direction, isShared: false, [.. properties.Select(p => (p.Key, p.Value))]);
    }

    private static (string Certificate, string Key) MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
