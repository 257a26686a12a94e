using System.Collections.Immutable;

namespace Lockstep.Engine.State.Migration;

/// <summary>
/// What a person has decided for windows whose state no rule carries over: names as <c>contquery/window</c>, or
/// <see cref="All"/>. Immutable.
/// </summary>
/// <param name="Empty">These start empty.</param>
/// <param name="Keep">These keep what they hold, though what feeds them has changed.</param>
public sealed record MigrationChoices(ImmutableSortedSet<string> Empty, ImmutableSortedSet<string> Keep)
{
    /// <summary>Stands for every window that asks for a choice.</summary>
    public const string All = "*";

    /// <summary>Nothing was decided.</summary>
    public static MigrationChoices None { get; } = new([], []);

    internal bool IsEmpty(string window) => Empty.Contains(window);

    internal bool MayBeEmpty(string window) => IsEmpty(window) || Empty.Contains(All);

    internal bool MayKeep(string window) => Keep.Contains(window) || Keep.Contains(All);
}
