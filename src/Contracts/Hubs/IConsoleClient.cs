using Lockstep.Contracts.Api;

namespace Lockstep.Contracts.Hubs;

/// <summary>What <c>/hubs/console</c> pushes. Every push carries a number that grows by one; a gap means: reload.</summary>
public interface IConsoleClient
{
    /// <summary>A group as it is now.</summary>
    Task GroupAsync(long number, GroupResource group);

    /// <summary>A group is gone.</summary>
    Task GroupGoneAsync(long number, string group);

    /// <summary>New output rows of a followed group, oldest first.</summary>
    /// <param name="number">Number of the push.</param>
    /// <param name="group">Group name.</param>
    /// <param name="rows">At most 200 rows.</param>
    /// <param name="dropped">Rows left out since the last push because this client was too slow.</param>
    Task OutputAsync(long number, string group, IReadOnlyList<OutputRow> rows, long dropped);
}
