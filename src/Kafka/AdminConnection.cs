using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Lockstep.Kafka;

/// <summary>
/// The client's admin interface: runs calls, and turns each of the client's many exceptions into one. After all brokers were away a
/// client may end no call any more, whatever time it was given (librdkafka 2.16, seen with Kafka 4): such a one is replaced.
/// Thread-safe.
/// </summary>
internal sealed class AdminConnection(KafkaBusOptions options, Action<LogMessage> logged, Action<Error> heard) : IDisposable
{
    /// <summary>How long after the time it was given a call is waited for.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Clients with a call that never ended, kept out of the finalizer's hands: to end one of them ends the process.</summary>
    private static readonly ConcurrentBag<IAdminClient> Abandoned = [];

    private readonly Lock _lock = new();
    private IAdminClient? _client;

    /// <summary>Runs a call. The client connects with the first one.</summary>
    /// <param name="subject">What it is about, for the exception.</param>
    /// <param name="call">The call; it gives the client <see cref="KafkaBusOptions.RequestTimeout"/> at most.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="KafkaFaultException">The cluster can't be reached, or refuses.</exception>
    internal async Task<T> RunAsync<T>(string subject, Func<IAdminClient, Task<T>> call, CancellationToken cancellation)
    {
        var client = Client();
        try
        {
            return await call(client).WaitAsync(options.RequestTimeout + Grace, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            Abandon(client);
            var fault = new KafkaFault(KafkaFaultKind.Retry, nameof(ErrorCode.Local_TimedOut), "The client did not end the call in time.");
            throw new KafkaFaultException(subject, fault, late);
        }
        catch (KafkaException failed)
        {
            throw new KafkaFaultException(subject, KafkaFault.Of(CauseOf(failed)), failed);
        }
    }

    /// <summary>A topic as the client describes it; null when it does not exist.</summary>
    /// <exception cref="KafkaFaultException">The cluster can't be reached, or does not tell.</exception>
    internal async Task<Confluent.Kafka.Admin.TopicDescription?> FindTopicAsync(string topic, CancellationToken cancellation)
    {
        try
        {
            var result = await RunAsync(
                topic,
                client => client.DescribeTopicsAsync(
                    TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = options.RequestTimeout }),
                cancellation).ConfigureAwait(false);
            return result.TopicDescriptions[0];
        }
        catch (KafkaFaultException missing) when (missing.Fault.Code == nameof(ErrorCode.UnknownTopicOrPart))
        {
            return null;
        }
    }

    /// <summary>Settings of a topic or broker by name; those without a value are left out.</summary>
    /// <exception cref="KafkaFaultException">It can't be reached, or does not tell.</exception>
    internal async Task<IReadOnlyDictionary<string, string>> SettingsAsync(
        ResourceType type, string name, string subject, CancellationToken cancellation)
    {
        var results = await RunAsync(
            subject,
            client => client.DescribeConfigsAsync(
                [new ConfigResource { Type = type, Name = name }],
                new DescribeConfigsOptions { RequestTimeout = options.RequestTimeout }),
            cancellation).ConfigureAwait(false);
        return results[0].Entries.Values
            .Where(e => e.Value is not null)
            .ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _client?.Dispose();
        }
    }

    private IAdminClient Client()
    {
        lock (_lock)
        {
            return _client ??= new AdminClientBuilder(ClientConfigs.Admin(options))
                .SetLogHandler((_, line) => logged(line))
                .SetErrorHandler((_, error) => heard(error))
                .Build();
        }
    }

    private void Abandon(IAdminClient client)
    {
        lock (_lock)
        {
            if (client == _client)
            {
                Abandoned.Add(client);
                _client = null;
            }
        }
    }

    /// <summary>A batch call says "some failed" and keeps the cause in its first failing part.</summary>
    private static Error CauseOf(KafkaException failed) => failed switch
    {
        CreateTopicsException e => First(e.Results.Select(r => r.Error), e),
        DeleteTopicsException e => First(e.Results.Select(r => r.Error), e),
        DeleteRecordsException e => First(e.Results.Select(r => r.Error), e),
        DescribeConfigsException e => First(e.Results.Select(r => r.Error), e),
        DescribeTopicsException e => First(e.Results.TopicDescriptions.Select(r => r.Error), e),
        ListOffsetsException e => First(e.Result.ResultInfos.Select(r => r.TopicPartitionOffsetError.Error), e),
        _ => failed.Error,
    };

    private static Error First(IEnumerable<Error> parts, KafkaException whole) =>
        parts.FirstOrDefault(e => e.IsError) ?? whole.Error;
}
