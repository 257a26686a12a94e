using Lockstep.Connectors.Snapshots;
using Lockstep.Contracts.Api;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Snapshots;

/// <summary>Snapshots on a disk that is full, cut off in the middle of a write, damaged, or of another group, model or engine.</summary>
public sealed class SnapshotStoreTests(ITestOutputHelper output) : IDisposable
{
    // More than the queue between engine and disk holds: 64 MiB.
    private const int ManyRows = 1_500_000;

    private readonly TempFolder _folder = new();
    private readonly AlarmBoard _alarms = new(TimeProvider.System);

    private string Folder => _folder.At("snapshots");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_newest_three_are_kept_and_come_newest_first()
    {
        var store = Store();
        await WriteAsync(store, 10, 20, 30, 40, 50);
        Assert.Equal([50, 40, 30], store.Headers().Select(h => h.Sequence));
        Assert.Equal(3, Directory.GetFiles(Folder).Length);
        Assert.Empty(_alarms.All);
    }

    [Fact]
    public async Task A_damaged_file_is_an_alarm_and_the_next_older_one_is_taken()
    {
        var store = Store();
        await WriteAsync(store, 10, 20);
        Damage(Newest());
        var newest = store.Headers().First();
        Assert.Equal(20, newest.Sequence);
        Assert.False(store.Restore(newest, StateModel.NewEngine()));

        var alarm = Assert.Single(_alarms.All);
        Assert.Equal(AlarmCode.SnapshotUnusable, alarm.Code);
        Assert.Contains("checksum", alarm.Message, StringComparison.Ordinal);
        Assert.Equal([10], store.Headers().Select(h => h.Sequence));
        var engine = StateModel.NewEngine();
        Assert.True(store.Restore(store.Headers().First(), engine));
        Assert.Equal(StateModel.Holding(rows: 100).Digest(), engine.Digest());
        Assert.Single(Directory.GetFiles(Folder, "*.bad"));

        await WriteAsync(store, 30);
        Assert.Empty(_alarms.All);
    }

    [Fact]
    public async Task A_half_written_file_is_left_out_whether_it_was_renamed_or_not()
    {
        var store = Store();
        await WriteAsync(store, 10, 20);
        var whole = await File.ReadAllBytesAsync(Newest(), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(Folder, $"{30:D19}.snap.tmp"), whole[..^9], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Newest(), whole[..20], TestContext.Current.CancellationToken);
        Assert.Equal([10], store.Headers().Select(h => h.Sequence));
        Assert.Equal(AlarmCode.SnapshotUnusable, Assert.Single(_alarms.All).Code);
    }

    [Theory]
    [InlineData("other group", StateModel.Model, "It is of group group.")]
    [InlineData("group", "model-2", null)]
    public async Task A_snapshot_of_another_group_or_model_is_refused_and_only_the_group_is_an_alarm(string group, string model, string? why)
    {
        await WriteAsync(Store(), 10);
        Assert.Empty(Store(group, model).Headers());
        Assert.Null(Store(group, model).Newest);
        Assert.Equal(why is not null, _alarms.All.Any(a => a.Message.Contains(why ?? "", StringComparison.Ordinal)));
        Assert.Equal([10], Store().Headers().Select(h => h.Sequence));
    }

    [Fact]
    public async Task A_snapshot_of_another_engine_version_is_refused_and_stays()
    {
        var engine = StateModel.Holding(rows: 100);
        await Store().WriteAsync(StateModel.HeaderOf(engine, 10) with { EngineVersion = 99 }, engine);
        Assert.Empty(Store().Headers());
        Assert.Contains("version 99", Assert.Single(_alarms.All).Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Folder, "*.snap"));
    }

    [Fact]
    public async Task A_full_disk_is_an_alarm_until_there_is_room_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is /dev/full on Linux only.");
        var store = Store();
        await WriteAsync(store, 10);
        var temporary = Path.Combine(Folder, $"{20:D19}.snap.tmp");
        File.CreateSymbolicLink(temporary, "/dev/full");
        var engine = StateModel.Holding(rows: 100);
        Assert.False(await store.WriteAsync(StateModel.HeaderOf(engine, 20), engine));
        var alarm = Assert.Single(_alarms.All);
        Assert.Equal(AlarmCode.SnapshotNotWritten, alarm.Code);
        Assert.Contains("No space left", alarm.Message, StringComparison.Ordinal);
        Assert.Equal([10], store.Headers().Select(h => h.Sequence));
        await WriteAsync(store, 30);
        Assert.Empty(_alarms.All);
        Assert.Equal([30, 10], store.Headers().Select(h => h.Sequence));
    }

    [Fact]
    public async Task A_state_larger_than_the_queue_does_not_hang_on_a_full_disk()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is /dev/full on Linux only.");
        Directory.CreateDirectory(Folder);
        File.CreateSymbolicLink(Path.Combine(Folder, $"{20:D19}.snap.tmp"), "/dev/full");
        var engine = StateModel.Holding(rows: ManyRows);
        Assert.False(await Store().WriteAsync(StateModel.HeaderOf(engine, 20), engine));
    }

    /// <summary>Reports, and does not judge, how fast it goes.</summary>
    [Fact]
    public async Task A_state_larger_than_the_queue_is_written_and_restored()
    {
        var engine = StateModel.Holding(ManyRows);
        var counted = new MemoryStream();
        engine.WriteSnapshot(counted);
        Assert.InRange(counted.Length, (ChunkQueue.Limit + 1) * SnapshotFormat.ChunkBytes, long.MaxValue);
        var store = Store();
        var header = StateModel.HeaderOf(engine, 10);
        var began = TimeProvider.System.GetTimestamp();
        var writing = store.WriteAsync(header, engine);
        Report("taken from the engine", counted.Length, began);
        Assert.True(await writing);
        Report("written", counted.Length, began);
        output.WriteLine($"{new FileInfo(Newest()).Length / 1e6:F1} MB on the disk");
        var copy = StateModel.NewEngine();
        began = TimeProvider.System.GetTimestamp();
        Assert.True(store.Restore(header, copy));
        Report("restored", counted.Length, began);
    }

    [Fact]
    public async Task A_peers_file_is_kept_only_when_it_is_whole_and_of_this_group()
    {
        var store = Store();
        var bytes = SnapshotFileTests.Bytes(StateModel.Holding(rows: 100));
        Assert.Null(await store.AdoptAsync(new MemoryStream(bytes[..^1]), TestContext.Current.CancellationToken));
        bytes[^40] ^= 1;
        Assert.Null(await store.AdoptAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken));
        Assert.Empty(store.Headers());
        bytes[^40] ^= 1;
        Assert.Equal(4711, (await store.AdoptAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken))!.Sequence);
        Assert.Equal([4711], store.Headers().Select(h => h.Sequence));
        Assert.Null(await Store(group: "other").AdoptAsync(new MemoryStream(bytes), TestContext.Current.CancellationToken));
    }

    private SnapshotStore Store(string group = "group", string model = StateModel.Model) =>
        new(Folder, group, model, kept: 3, _alarms, NullLogger.Instance);

    private static async Task WriteAsync(SnapshotStore store, params long[] sequences)
    {
        var engine = StateModel.Holding(rows: 100);
        foreach (var sequence in sequences)
        {
            Assert.True(await store.WriteAsync(StateModel.HeaderOf(engine, sequence), engine));
        }
    }

    private void Report(string what, long bytes, long began)
    {
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        output.WriteLine($"{bytes / 1e6:F1} MB {what} in {seconds * 1000:F0} ms: {bytes / 1e6 / seconds:F0} MB/s");
    }

    private string Newest() => Directory.GetFiles(Folder, "*.snap").Max()!;

    private static void Damage(string path)
    {
        using var file = File.OpenWrite(path);
        file.Position = file.Length - 1;
        file.WriteByte(0xEE);
    }
}
