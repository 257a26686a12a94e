using System.Net;
using System.Net.Sockets;

namespace Lockstep.Kafka.Tests;

/// <summary>
/// Goal: nobody waits for ever for a broker that takes a connection and never answers, as one does whose end of it is lost.
/// Method: a listener that only listens; the system completes its handshakes.
/// </summary>
public sealed class SilentBrokerTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentBrokerTests() => _listener.Start();

    private KafkaBusOptions Bus => new()
    {
        BootstrapServers = $"{_listener.LocalEndpoint}",
        RequestTimeout = TimeSpan.FromMilliseconds(200),
    };

    [Fact]
    public async Task Asking_whether_brokers_are_in_memory_ends_with_the_request_time_out()
    {
        using var admin = new TopicAdmin(Bus, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.False(await admin.IsInMemoryAsync(TestBus.Cancellation).WaitAsync(TimeSpan.FromSeconds(20), TestBus.Cancellation));
    }

    [Fact]
    public async Task Asking_for_the_brokers_age_ends_with_the_request_time_out_and_may_be_repeated()
    {
        var away = await Assert.ThrowsAsync<KafkaFaultException>(
            () => BrokerVersion.CheckAsync(Bus, TestBus.Cancellation).WaitAsync(TimeSpan.FromSeconds(20), TestBus.Cancellation));
        Assert.Equal(KafkaFaultKind.Retry, away.Fault.Kind);
    }

    public void Dispose() => _listener.Dispose();
}
