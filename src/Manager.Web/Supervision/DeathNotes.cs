using System.Collections.Immutable;

namespace Lockstep.Manager.Web.Supervision;

/// <summary>The newest death of each member. Any thread.</summary>
internal sealed class DeathNotes
{
    private ImmutableDictionary<(string Group, string Member), Death> _newest =
        ImmutableDictionary<(string, string), Death>.Empty;

    /// <summary>Notes a death.</summary>
    public void Add(Death death) =>
        ImmutableInterlocked.Update(ref _newest, all => all.SetItem((death.Group, death.Member), death));

    /// <summary>The newest death of a member; null for none.</summary>
    public Death? Of(string group, string member) => _newest.GetValueOrDefault((group, member));
}
