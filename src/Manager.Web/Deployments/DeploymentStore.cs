using System.Collections.Immutable;
using System.Text.Json;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>Desired state of all groups: read from the database at start, then kept in memory and written through.</summary>
internal sealed class DeploymentStore(IDbContextFactory<ManagerDbContext> storage)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ChangeSignal _signal = new();
    private ImmutableSortedDictionary<string, GroupRecord> _groups =
        ImmutableSortedDictionary<string, GroupRecord>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>All groups by name.</summary>
    public ImmutableSortedDictionary<string, GroupRecord> Groups => _groups;

    /// <summary>Calls <paramref name="changed"/> after each change; see <see cref="ChangeSignal"/>.</summary>
    public IDisposable Subscribe(Action changed) => _signal.Subscribe(changed);

    /// <summary>Reads all groups. Once, at start.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        foreach (var row in await db.Groups.AsNoTracking().ToListAsync(cancellation))
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
        await using var db = await storage.CreateDbContextAsync(cancellation);
        db.Groups.Add(new GroupRow
        {
            Name = group.Spec.Name,
            Project = group.Spec.Project,
            Version = group.Spec.Version,
            SpecJson = JsonSerializer.Serialize(group.Spec, Json),
            Desired = StoredDesired(group),
            CreatedAt = group.CreatedAt,
            RowVersion = group.RowVersion,
        });
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException)
        {
            // The primary key: somebody else was first.
            return false;
        }

        Put(group);
        return true;
    }

    /// <summary>Changes a group; its row version grows by one.</summary>
    /// <returns>The changed group; null when there is none of that name.</returns>
    public async Task<GroupRecord?> ChangeAsync(
        string name, Func<GroupRecord, GroupRecord> change, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        var row = await db.Groups.FindAsync([name], cancellation);
        if (row is null || !_groups.TryGetValue(name, out var group))
        {
            return null;
        }

        var changed = change(group) with { RowVersion = row.RowVersion + 1 };
        row.SpecJson = JsonSerializer.Serialize(changed.Spec, Json);
        row.Version = changed.Spec.Version;
        row.Desired = StoredDesired(changed);
        row.RowVersion = changed.RowVersion;
        await db.SaveChangesAsync(cancellation);
        Put(changed);
        return changed;
    }

    /// <summary>Forgets a group, its members and its failovers.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellation)
    {
        await using var db = await storage.CreateDbContextAsync(cancellation);
        await db.Groups.Where(g => g.Name == name).ExecuteDeleteAsync(cancellation);
        ImmutableInterlocked.Update(ref _groups, all => all.Remove(name));
        _signal.Raise();
    }

    private static string StoredDesired(GroupRecord group) => group.IsDeleting ? "deleted" : group.Desired;

    private void Put(GroupRecord group)
    {
        ImmutableInterlocked.Update(ref _groups, all => all.SetItem(group.Spec.Name, group));
        _signal.Raise();
    }
}
