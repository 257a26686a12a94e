using System.Globalization;
using Lockstep.Contracts.Failover;
using Lockstep.Faults.Tests.Harness;
using Lockstep.TestKit;

namespace Lockstep.Faults.Tests.Processes;

/// <summary>Snapshots can't be written, or are damaged.</summary>
public sealed class SnapshotFaultTests(Servers servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [FaultRow("corrupt or half-written snapshot")]
    public async Task The_next_older_snapshot_is_used_when_newer_ones_are_damaged(KafkaMode mode)
    {
        await using var group = await FaultGroup.StartAsync(servers, mode);
        var standby = await group.StandbyAsync();
        await standby.SnapshotsAsync(3);
        group.Fault();
        await standby.KillForGoodAsync();
        var files = await standby.SnapshotsAsync(3);
        var (half, corrupt) = (files[^1], files[^2]);
        var sequence = long.Parse(Path.GetFileNameWithoutExtension(files[^3]), CultureInfo.InvariantCulture);
        await File.WriteAllBytesAsync(half, HalfOf(await File.ReadAllBytesAsync(half, Cancel)), Cancel);
        var bytes = await File.ReadAllBytesAsync(corrupt, Cancel);
        bytes[bytes.Length * 3 / 4] ^= 0x10;
        await File.WriteAllBytesAsync(corrupt, bytes, Cancel);
        standby.StartAgain();
        await standby.UntilRoleAsync(MemberRole.Standby);
        await standby.LoggedAsync(2, "can't be used");
        await standby.LoggedAsync(1, $"follows the journal from sequence {sequence},");
        group.Fault();
        await (await group.ActiveAsync()).KillAsync();
        await group.ReadyAsync();
        await group.FlowsAsync();
        await group.FinishAsync();
    }

    [Theory]
    [FaultRow("disk full for snapshots")]
    public async Task A_full_disk_is_an_alarm_and_stops_nothing(KafkaMode mode)
    {
        await using var disk = await SmallDisk.MountAsync();
        disk.Fill();
        await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions
        {
            Change = (name, options) => name == "engine-b" ? options with { Folder = disk.Folder } : options,
        });
        var onFullDisk = group.Members[1];
        group.Fault();
        if ((await group.ActiveAsync()) == onFullDisk)
        {
            await onFullDisk.KillAsync();
            await group.ReadyAsync();
        }

        await Eventually.TrueAsync(() => onFullDisk.Logged("No snapshot could be written") > 0, state: group.Describe);
        await group.FlowsAsync();
        group.Fault();
        await (await group.ActiveAsync()).KillAsync();
        await group.ReadyAsync();
        await group.FlowsAsync();
        await group.FinishAsync();
    }

    private static byte[] HalfOf(byte[] bytes) => bytes[..(bytes.Length / 2)];

    /// <summary>A file system of its own that is soon full.</summary>
    private sealed class SmallDisk : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lockstep-disk-");

        public string Folder => _folder.FullName;

        public static async Task<SmallDisk> MountAsync()
        {
            var disk = new SmallDisk();
            await RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.Folder);
            return disk;
        }

        /// <summary>Leaves no room.</summary>
        public void Fill()
        {
            Directory.CreateDirectory(Path.Combine(Folder, "snapshots"));
            try
            {
                using var file = File.Create(Path.Combine(Folder, "filler"));
                while (true)
                {
                    file.Write(new byte[4096]);
                    file.Flush();
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }

        public async ValueTask DisposeAsync()
        {
            await RunAsync("umount", "-l", Folder);
            _folder.Delete();
        }

        private static async Task RunAsync(string program, params string[] arguments)
        {
            await using var process = ChildProcess.Start(program, arguments);
            if (await process.WaitForExitAsync() != 0)
            {
                throw new InvalidOperationException(
                    $"A small file system is needed to fill a disk, and mounting takes root: {process.Describe()}");
            }
        }
    }
}
