using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Lockstep.Kafka;

/// <summary>Runs one call of the client's admin interface and turns each of its many exceptions into one.</summary>
internal static class AdminCalls
{
    internal static async Task<T> RunAsync<T>(string subject, Func<Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await call().WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (KafkaException failed)
        {
            throw new KafkaFaultException(subject, KafkaFault.Of(CauseOf(failed)), failed);
        }
    }

    /// <summary>A topic as the client describes it; null when it does not exist.</summary>
    /// <exception cref="KafkaFaultException">The cluster can't be reached, or does not tell.</exception>
    internal static async Task<Confluent.Kafka.Admin.TopicDescription?> FindTopicAsync(
        IAdminClient client, string topic, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            var result = await RunAsync(
                topic,
                () => client.DescribeTopicsAsync(
                    TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = timeout }),
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
    internal static async Task<IReadOnlyDictionary<string, string>> SettingsAsync(
        IAdminClient client, ResourceType type, string name, string subject, TimeSpan timeout, CancellationToken cancellation)
    {
        var results = await RunAsync(
            subject,
            () => client.DescribeConfigsAsync(
                [new ConfigResource { Type = type, Name = name }], new DescribeConfigsOptions { RequestTimeout = timeout }),
            cancellation).ConfigureAwait(false);
        return results[0].Entries.Values
            .Where(e => e.Value is not null)
            .ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);
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
