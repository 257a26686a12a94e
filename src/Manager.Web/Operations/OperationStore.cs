using System.Collections.Immutable;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Cluster;

namespace Lockstep.Manager.Web.Operations;

/// <summary>Acts and how far they are, newest first; the newest <see cref="Kept"/> are in memory, all in the database.</summary>
internal sealed class OperationStore(TimeProvider time)
{
    /// <summary>Operations kept in memory.</summary>
    public const int Kept = 500;

    private readonly ChangeSignal _signal = new();
    private ImmutableArray<OperationResource> _current = [];

    /// <summary>Operations, newest first.</summary>
    public ImmutableArray<OperationResource> Current => _current;

    /// <summary>The operation of that id, or null.</summary>
    public OperationResource? Find(Guid id) => _current.FirstOrDefault(o => o.Id == id);

    /// <summary>Calls <paramref name="changed"/> after each change; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>Adds a new, running operation.</summary>
    public OperationResource Begin(string action, string group, string? member, string actor, string detail)
    {
        var now = time.GetUtcNow();
        var operation = new OperationResource(
            Guid.CreateVersion7(now), action, group, member, "running", now, null, actor, detail);
        Put(operation);
        return operation;
    }

    /// <summary>Ends a running operation; nothing when it has ended already.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="isDone">False: it has failed.</param>
    /// <param name="detail">What happened.</param>
    public void End(Guid id, bool isDone, string detail)
    {
        if (Find(id) is { EndedAt: null } running)
        {
            Put(running with { State = isDone ? "done" : "failed", EndedAt = time.GetUtcNow(), Detail = detail });
        }
    }

    /// <summary>Adds an operation in front, or replaces the one with the same id in its place.</summary>
    public void Put(OperationResource operation)
    {
        ImmutableInterlocked.Update(ref _current, all =>
        {
            for (var i = 0; i < all.Length; i++)
            {
                if (all[i].Id == operation.Id)
                {
                    return all.SetItem(i, operation);
                }
            }

            var added = all.Insert(0, operation);
            return added.Length <= Kept ? added : added.RemoveRange(Kept, added.Length - Kept);
        });
        _signal.Raise();
    }
}
