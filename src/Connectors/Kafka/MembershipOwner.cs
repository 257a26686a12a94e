using Lockstep.Failover;

namespace Lockstep.Connectors.Kafka;

/// <summary>Whom a membership tells what happens; every call must return at once.</summary>
/// <param name="Report">Told of session and place, one at a time.</param>
/// <param name="OnSession">Told of each new session.</param>
/// <param name="OnGone">Told as soon as the znode before the own one is gone.</param>
/// <param name="OnDefect">Told when a defect has ended the task: the member can't be elected any more, and nothing else would say so.</param>
internal sealed record MembershipOwner(
    Action<FailoverInput> Report, Action<ZooKeeperSession> OnSession, Action OnGone, Action<Exception> OnDefect);
