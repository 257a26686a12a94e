using Lockstep.Kafka;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Adapters;

/// <summary>Makes and checks a topic, however long the brokers are away.</summary>
internal static partial class TopicSetup
{
    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(500);

    /// <summary>Returns when the topic is there and fit for use.</summary>
    /// <exception cref="KafkaFaultException">It is not fit for use, or the cluster refuses for good.</exception>
    public static async Task EnsureAsync(
        TopicAdmin admin, TopicSpec spec, StatusHolder status, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var problems = await admin.EnsureTopicAsync(spec, stop).ConfigureAwait(false);
                foreach (var problem in problems)
                {
                    if (problem.IsBlocking)
                    {
                        throw new KafkaFaultException(
                            problem.Topic, new KafkaFault(KafkaFaultKind.Fatal, problem.Code, problem.Message));
                    }

                    LogProblem(logger, problem.Topic, problem.Message);
                }

                status.Change(s => s with { KafkaReachable = true, Reason = null });
                return;
            }
            catch (KafkaFaultException passing) when (passing.Fault.Kind != KafkaFaultKind.Fatal)
            {
                status.Change(s => s with { KafkaReachable = false, Reason = passing.Message });
                await Task.Delay(RetryWait, time, stop).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(EventId = 5210, Level = LogLevel.Warning, Message = "Topic {Topic}: {Message}")]
    private static partial void LogProblem(ILogger logger, string topic, string message);
}
