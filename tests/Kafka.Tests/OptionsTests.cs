using Lockstep.Kafka.Protocol;

namespace Lockstep.Kafka.Tests;

/// <summary>Goal: compatible properties and protocol details are read as documented. No network.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void Global_config_is_pairs_separated_by_semicolons()
    {
        var pairs = KafkaBusOptions.ParseExtraConfig(" a = 1;b=x=y; ;a=2 ;");
        Assert.Equal("2", pairs["a"]);
        Assert.Equal("x=y", pairs["b"]);
        Assert.Equal(2, pairs.Count);
        Assert.Empty(KafkaBusOptions.ParseExtraConfig(null));
        Assert.Throws<FormatException>(() => KafkaBusOptions.ParseExtraConfig("novalue"));
    }

    [Fact]
    public void Security_in_the_global_config_becomes_typed_and_the_rest_stays()
    {
        var options = KafkaBusOptions.Parse(
            "h:1",
            "security.protocol=sasl_ssl;sasl.mechanism=SCRAM-SHA-512;sasl.username=u;sasl.password=p;ssl.ca.location=/ca;linger.ms=1");
        Assert.True(options.Security.Tls);
        Assert.Equal(SaslMechanism.ScramSha512, options.Security.Mechanism);
        Assert.Equal(("u", "p", "/ca"), (options.Security.User, options.Security.Password, options.Security.CaFile));
        Assert.Equal(["linger.ms"], options.ExtraConfig.Keys);
        Assert.DoesNotContain("p", options.Security.ToString().Split(' '));
    }

    [Fact]
    public void What_exactly_once_rests_on_can_not_be_configured_away()
    {
        var options = KafkaBusOptions.Parse(
            "h:1", "acks=0;enable.idempotence=false;isolation.level=read_uncommitted;auto.offset.reset=latest;linger.ms=7");
        var producer = ClientConfigs.Producer(options, "id").ToDictionary(p => p.Key, p => p.Value);
        var consumer = ClientConfigs.Consumer(options, ReadIsolation.Committed).ToDictionary(p => p.Key, p => p.Value);
        Assert.Equal("-1", producer["acks"]);
        Assert.Equal("True", producer["enable.idempotence"]);
        Assert.Equal("7", producer["linger.ms"]);
        Assert.Equal("read_committed", consumer["isolation.level"]);
        Assert.Equal("error", consumer["auto.offset.reset"]);
        Assert.True(int.Parse(producer["message.timeout.ms"], null) < int.Parse(producer["transaction.timeout.ms"], null));
    }

    [Fact]
    public async Task The_fence_says_what_security_it_does_not_speak()
    {
        var options = KafkaBusOptions.Parse("127.0.0.1:1", "security.protocol=sasl_ssl;sasl.mechanism=GSSAPI");
        await using var fence = new TransactionFence(
            options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var result = await fence.FenceAsync("id", TestBus.Limit, TestBus.Cancellation);
        Assert.IsType<FenceResult.Unsupported>(result);
    }

    [Fact]
    public void Scram_gives_the_proof_of_the_published_example()
    {
        // RFC 7677, section 3.
        var scram = new ScramExchange(SaslMechanism.ScramSha256, "user", "pencil", "rOprNGfwEbeRWgbNEkqO");
        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", scram.ClientFirst);
        var final = scram.ClientFinal(
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        Assert.Equal(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            final);
        scram.Verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        Assert.Throws<ProtocolException>(() => scram.Verify("v=AAAA"));
    }

    [Theory]
    [InlineData(12, 13, BrokerAge.NewEnough)]
    [InlineData(0, 16, BrokerAge.NewEnough)]
    [InlineData(11, 15, BrokerAge.TooOld)]
    [InlineData(0, 13, BrokerAge.TooOld)]
    [InlineData(0, 15, BrokerAge.Unknown)]
    public void The_age_of_a_broker_follows_from_what_it_tells(short metadataVersion, short fetchVersion, BrokerAge expected) =>
        Assert.Equal(expected, BrokerVersion.Judge(1, metadataVersion, fetchVersion).Age);

    [Fact]
    public void Bootstrap_lists_take_schemes_and_brackets() => Assert.Equal(
        [("a", 1), ("::1", 9092), ("::1", 3), ("b", 9092)],
        Bootstrap.Parse("PLAINTEXT://a:1, [::1], [::1]:3,b"));
}
