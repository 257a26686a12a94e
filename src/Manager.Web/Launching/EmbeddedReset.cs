using System.Globalization;
using Lockstep.Manager.Web.Deployments;

namespace Lockstep.Manager.Web.Launching;

/// <summary>
/// A new embedded cluster has no topics: members that still run on an older one are ended, their snapshots are dropped,
/// and output files are put aside, since their position means nothing any more. Real clusters never come here.
/// </summary>
internal sealed class EmbeddedReset(DeploymentStore deployments, GroupSupervisor supervisor, MemberFiles files, TimeProvider time)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Does it.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var stamp = time.GetUtcNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        foreach (var group in deployments.Groups.Values)
        {
            foreach (var member in group.Spec.Members())
            {
                var process = supervisor.Members.GetValueOrDefault((group.Spec.Name, member.Name))?.Process;
                process?.Kill();
                for (var waited = TimeSpan.Zero; process is { IsAlive: true } && waited < EndLimit; waited += Poll)
                {
                    await Task.Delay(Poll, time, cancellation);
                }

                if (files.RootOf(group.Spec.Name, member) is var data && Directory.Exists(data))
                {
                    Directory.Delete(data, recursive: true);
                }
            }

            if (group.Spec.OutputFile is { } output && Directory.Exists(Path.GetDirectoryName(output)))
            {
                foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(output)!, Path.GetFileName(output) + "*"))
                {
                    if (!file.Contains(".before-", StringComparison.Ordinal))
                    {
                        File.Move(file, $"{file}.before-{stamp}", overwrite: true);
                    }
                }
            }
        }
    }
}
