using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lockstep.Contracts.Api;

namespace Lockstep.Connectors;

/// <summary>The alarms of this process, one a code and subject. Any thread.</summary>
internal sealed class AlarmBoard(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Code, string Subject), Alarm> _alarms = new();

    /// <summary>All of them, in the order of code and subject.</summary>
    public ImmutableArray<Alarm> All => _alarms.IsEmpty ? [] : [.. _alarms.OrderBy(a => a.Key).Select(a => a.Value)];

    /// <summary>Raises one, or gives it another text; since when it stands is kept.</summary>
    public void Raise(string code, string subject, string message) => _alarms.AddOrUpdate(
        (code, subject),
        _ => new Alarm(code, message, time.GetUtcNow()),
        (_, known) => known.Message == message ? known : known with { Message = message });

    /// <summary>Takes one back.</summary>
    public void Clear(string code, string subject) => _alarms.TryRemove((code, subject), out _);
}
