using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Snapshots;

/// <summary>
/// Snapshots on disk, one file each, <c>&lt;sequence&gt;.snap</c> (docs/formats/snapshot.md). Written to a temporary name, flushed
/// to the disk, renamed; the newest few are kept. A disk that is full or a file that is damaged is an alarm, and an older
/// snapshot or the journal takes its place; a damaged one is set aside as <c>.bad</c>. Any thread, one writer at a time.
/// </summary>
internal sealed partial class SnapshotStore(
    string folder, string group, string modelDigest, int kept, AlarmBoard alarms, ILogger logger)
{
    private const string Suffix = ".snap";
    private const string SetAside = ".bad";
    private const int FileBuffer = 64 * 1024;

    private volatile SnapshotHeader? _newest;

    /// <summary>The newest that this process has written, taken over or found fit; null for none.</summary>
    public SnapshotHeader? Newest => _newest;

    /// <summary>
    /// Takes the engine's state before it returns, on the caller's thread, and packs and stores it on another.
    /// </summary>
    /// <returns>False: it could not be written, and an alarm says why.</returns>
    public Task<bool> WriteAsync(SnapshotHeader header, ProjectEngine engine)
    {
        var queue = new ChunkQueue();
        // A thread of its own: packing takes long and must not wait for the pool.
        var written = Task.Factory.StartNew(
            () => Store(header, queue), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            engine.WriteSnapshot(queue);
        }
        finally
        {
            queue.Complete();
        }

        return written;
    }

    /// <summary>Keeps what a peer sent, if it is a whole snapshot of this group and model; null: it is not.</summary>
    public async Task<SnapshotHeader?> AdoptAsync(Stream peer, CancellationToken cancellation)
    {
        var temporary = Path.Combine(folder, "peer.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, FileBuffer, useAsync: true);
            await using (file.ConfigureAwait(false))
            {
                await peer.CopyToAsync(file, cancellation).ConfigureAwait(false);
                await file.FlushAsync(cancellation).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            using (var reader = new SnapshotFileReader(OpenFile(temporary)))
            {
                reader.Finish();
                if (Misfit(reader.Header) is { } why)
                {
                    LogBad(logger, temporary, why);
                    return null;
                }

                File.Move(temporary, PathOf(reader.Header.Sequence), overwrite: true);
                Known(reader.Header);
                return reader.Header;
            }
        }
        catch (Exception bad) when (IsOfFiles(bad))
        {
            LogBad(logger, temporary, bad.Message);
            return null;
        }
    }

    /// <summary>
    /// Headers of the snapshots that fit this group, model and engine, newest first; damaged ones are set aside with an alarm.
    /// </summary>
    public IEnumerable<SnapshotHeader> Headers()
    {
        foreach (var (_, path) in Files())
        {
            if (ReadHeader(path) is { } header)
            {
                Known(header);
                yield return header;
            }
        }
    }

    /// <summary>Puts the state of a snapshot into an engine; false: it is damaged, and the engine must not be used.</summary>
    public bool Restore(SnapshotHeader header, ProjectEngine engine)
    {
        var path = PathOf(header.Sequence);
        try
        {
            using var reader = new SnapshotFileReader(OpenFile(path));
            engine.RestoreSnapshot(reader);
            reader.Finish();
            var digest = SnapshotHeader.Hex(engine.Digest());
            if (digest != reader.Header.StateDigest)
            {
                throw new InvalidDataException($"Its state has the digest {digest}, but its header says {reader.Header.StateDigest}.");
            }

            return true;
        }
        catch (Exception bad) when (IsOfFiles(bad) || bad is SnapshotFormatException)
        {
            PutAside(path, bad.Message);
            return false;
        }
    }

    /// <summary>Deletes all: they hold what this group's version did not begin with.</summary>
    public void Clear()
    {
        _newest = null;
        foreach (var (_, path) in Files().ToList())
        {
            Discard(path);
        }
    }

    /// <summary>The newest snapshot, or that of a sequence, as it lies on the disk; null for none.</summary>
    public FileStream? Open(long? sequence)
    {
        foreach (var (number, path) in Files())
        {
            try
            {
                if (sequence is null || number == sequence)
                {
                    return new FileStream(
                        path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileBuffer, useAsync: true);
                }
            }
            catch (Exception gone) when (IsOfFiles(gone))
            {
                // Replaced by a newer one meanwhile.
                LogBad(logger, path, gone.Message);
            }
        }

        return null;
    }

    private bool Store(SnapshotHeader header, ChunkQueue queue)
    {
        using (queue)
        {
            var path = PathOf(header.Sequence);
            try
            {
                Directory.CreateDirectory(folder);
                WriteFile(path + ".tmp", header, queue);
                File.Move(path + ".tmp", path, overwrite: true);
                foreach (var (_, old) in Files().Skip(kept))
                {
                    File.Delete(old);
                }
            }
            catch (Exception full) when (IsOfFiles(full))
            {
                queue.GiveUp();
                queue.Drain((_, _) => { });
                LogNotWritten(logger, folder, full.Message);
                alarms.Raise(AlarmCode.SnapshotNotWritten, folder,
                    $"No snapshot could be written to {folder}: {full.Message} Until one can, a restart replays more of the journal.");
                Discard(path + ".tmp");
                return false;
            }

            Known(header);
            alarms.Clear(AlarmCode.SnapshotNotWritten, folder);
            alarms.Clear(AlarmCode.SnapshotUnusable, folder);
            return true;
        }
    }

    /// <summary>Two threads may do this at once; the worst of it is an older one shown until the next.</summary>
    private void Known(SnapshotHeader header)
    {
        if (_newest is not { } known || known.Sequence < header.Sequence)
        {
            _newest = header;
        }
    }

    private static void WriteFile(string path, SnapshotHeader header, ChunkQueue queue)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, FileBuffer);
        using var writer = new SnapshotFileWriter(file, header);
        queue.Drain((chunk, _) => writer.Write(chunk));
        writer.Seal();
        file.Flush(flushToDisk: true);
    }

    /// <summary>What of a snapshot is not this member's; null: it fits.</summary>
    private string? Misfit(SnapshotHeader header) => header switch
    {
        _ when header.Group != group => $"It is of group {header.Group}.",
        _ when header.ModelDigest != modelDigest => $"It is of another model ({header.ModelDigest}).",
        _ when header.EngineVersion != ProjectEngine.StateVersion =>
            $"Its state is of version {header.EngineVersion}; this engine reads {ProjectEngine.StateVersion}.",
        _ => null,
    };

    private SnapshotHeader? ReadHeader(string path)
    {
        try
        {
            using var reader = new SnapshotFileReader(OpenFile(path));
            if (Misfit(reader.Header) is not { } why)
            {
                return reader.Header;
            }

            // Left where it is: the version or model that wrote it may come back.
            if (reader.Header.Group == group && reader.Header.ModelDigest != modelDigest)
            {
                // Nothing is damaged: the folder outlives an upgrade of the group's model.
                LogOther(logger, path, why);
            }
            else
            {
                Unusable(path, why);
            }

            return null;
        }
        catch (InvalidDataException damaged)
        {
            PutAside(path, damaged.Message);
            return null;
        }
        catch (Exception away) when (IsOfFiles(away))
        {
            Unusable(path, away.Message);
            return null;
        }
    }

    private void PutAside(string path, string why)
    {
        _newest = null;
        Unusable(path, why);
        try
        {
            foreach (var old in Directory.GetFiles(folder, "*" + SetAside))
            {
                File.Delete(old);
            }

            File.Move(path, Path.ChangeExtension(path, SetAside), overwrite: true);
        }
        catch (Exception stuck) when (IsOfFiles(stuck))
        {
            LogBad(logger, path, stuck.Message);
        }
    }

    private void Unusable(string path, string why)
    {
        LogBad(logger, path, why);
        alarms.Raise(AlarmCode.SnapshotUnusable, folder,
            $"Snapshot {path} can't be used: {why} The next older one, a peer's or the journal takes its place.");
    }

    private void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception stuck) when (IsOfFiles(stuck))
        {
            LogBad(logger, temporary, stuck.Message);
        }
    }

    private IEnumerable<(long Sequence, string Path)> Files() => !Directory.Exists(folder)
        ? []
        : Directory.GetFiles(folder, "*" + Suffix)
            .Select(p => (Sequence: long.TryParse(
                Path.GetFileNameWithoutExtension(p), NumberStyles.None, CultureInfo.InvariantCulture, out var s) ? s : -1, p))
            .Where(f => f.Sequence >= 0)
            .OrderByDescending(f => f.Sequence);

    private string PathOf(long sequence) =>
        Path.Combine(folder, sequence.ToString("D19", CultureInfo.InvariantCulture) + Suffix);

    private static FileStream OpenFile(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileBuffer, FileOptions.SequentialScan);

    private static bool IsOfFiles(Exception e) => e is IOException or InvalidDataException or UnauthorizedAccessException;

    [LoggerMessage(EventId = 5160, Level = LogLevel.Error, Message = "No snapshot could be written to {Folder}: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string folder, string reason);

    [LoggerMessage(EventId = 5163, Level = LogLevel.Information, Message = "Snapshot {Path} is left out: {Reason}")]
    private static partial void LogOther(ILogger logger, string path, string reason);

    [LoggerMessage(EventId = 5161, Level = LogLevel.Error, Message = "Snapshot {Path} can't be used: {Reason}")]
    private static partial void LogBad(ILogger logger, string path, string reason);
}
