using Lockstep.Kafka;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>Asks brokers that may have come back a moment ago and do not all answer yet.</summary>
internal static class Answer
{
    /// <summary>Asks until there is an answer; a fault that will not pass is thrown.</summary>
    /// <param name="ask">The question.</param>
    /// <param name="state">Describes the state for the failure message.</param>
    public static async Task<T> OfAsync<T>(Func<Task<T>> ask, Func<string> state)
    {
        T? answer = default;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    answer = await ask();
                    return true;
                }
                catch (KafkaFaultException away) when (away.Fault.Kind == KafkaFaultKind.Retry)
                {
                    return false;
                }
            },
            FaultGroup.SettleDeadline,
            state);
        return answer!;
    }
}
