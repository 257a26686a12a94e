using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.ZooKeeper.Session;

/// <summary>Turns the answer of a multi into what users see.</summary>
internal static class MultiOutcomes
{
    /// <summary>One outcome for each operation.</summary>
    /// <exception cref="ZooKeeperException">An operation failed.</exception>
    public static IReadOnlyList<MultiOutcome> Of(
        IReadOnlyList<MultiOperation> operations,
        MultiResponse answer,
        string chroot)
    {
        for (int i = 0; i < answer.Results.Count; i++)
        {
            // Before the culprit stand results without error, after it RuntimeInconsistency.
            if (answer.Results[i].Error != ErrorCode.Ok)
            {
                throw new ZooKeeperException(answer.Results[i].Error, operations[i].Path);
            }
        }

        return [.. operations.Zip(answer.Results, (operation, result) => new MultiOutcome(
            result.Path is null ? operation.Path : ZnodePaths.ToClient(chroot, result.Path), result.Stat))];
    }
}
