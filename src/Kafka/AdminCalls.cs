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
