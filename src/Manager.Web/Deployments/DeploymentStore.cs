using System.Collections.Immutable;
using System.Text.Json;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Storage;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>Desired state of all groups: read from the database at start, then kept in memory and written through.</summary>
internal sealed class DeploymentStore(GroupStorage storage) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ChangeSignal _signal = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private ImmutableSortedDictionary<string, GroupRecord> _groups =
        ImmutableSortedDictionary<string, GroupRecord>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>All groups by name.</summary>
    public ImmutableSortedDictionary<string, GroupRecord> Groups => _groups;

    /// <summary>Calls <paramref name="changed"/> after each change; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>Reads all groups. Once, at start.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        foreach (var row in await storage.GroupsAsync(cancellation))
        {
            var spec = JsonSerializer.Deserialize<DeploymentSpec>(row.SpecJson, Json)
                ?? throw new InvalidDataException($"The stored spec of group '{row.Name}' is empty.");
            Put(new GroupRecord(spec, row.Desired == "started", row.Desired == "deleted", row.CreatedAt, row.RowVersion));
        }
    }

    /// <summary>Adds a group.</summary>
    /// <returns>False: the name is taken.</returns>
    public async Task<bool> AddAsync(GroupRecord group, CancellationToken cancellation)
    {
        var row = new GroupRow
        {
            Name = group.Spec.Name,
            Project = group.Spec.Project,
            Version = group.Spec.Version,
            SpecJson = JsonSerializer.Serialize(group.Spec, Json),
            Desired = StoredDesired(group),
            CreatedAt = group.CreatedAt,
            RowVersion = group.RowVersion,
        };
        await _writing.WaitAsync(cancellation);
        try
        {
            if (!await storage.AddAsync(row, cancellation))
            {
                return false;
            }

            Put(group);
            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Changes a group; its row version grows by one.</summary>
    /// <returns>The changed group; null when there is none of that name.</returns>
    public async Task<GroupRecord?> ChangeAsync(
        string name, Func<GroupRecord, GroupRecord> change, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            if (!_groups.TryGetValue(name, out var group))
            {
                return null;
            }

            var changed = change(group) with { RowVersion = group.RowVersion + 1 };
            await storage.ChangeAsync(
                name, changed.Spec.Version, JsonSerializer.Serialize(changed.Spec, Json), StoredDesired(changed),
                changed.RowVersion, cancellation);
            Put(changed);
            return changed;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Forgets a group, its members and its failovers.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            await storage.RemoveAsync(name, cancellation);
            ImmutableInterlocked.Update(ref _groups, all => all.Remove(name));
        }
        finally
        {
            _writing.Release();
        }

        _signal.Raise();
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    private static string StoredDesired(GroupRecord group) => group.IsDeleting ? "deleted" : group.Desired;

    private void Put(GroupRecord group)
    {
        ImmutableInterlocked.Update(ref _groups, all => all.SetItem(group.Spec.Name, group));
        _signal.Raise();
    }
}
