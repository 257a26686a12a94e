using System.Globalization;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Snapshots on disk, one file each, <c>&lt;sequence&gt;.snap</c>: header, then the engine's sealed state. Written to a temporary
/// name, flushed to the disk, renamed; the newest few are kept. A disk that is full or a file that is damaged is an alarm, and
/// an older snapshot or the journal takes its place.
/// </summary>
internal sealed partial class SnapshotStore(string folder, string group, string modelDigest, int kept, ILogger logger)
{
    private const string Suffix = ".snap";

    /// <summary>Writes one; false: it could not be written (the log says why).</summary>
    public bool Write(SnapshotHeader header, ProjectEngine engine)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var path = PathOf(header.Sequence);
            var temporary = path + ".tmp";
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                header.Write(stream);
                engine.WriteSnapshot(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            foreach (var (_, old) in Files().Skip(kept))
            {
                File.Delete(old);
            }

            return true;
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(logger, folder, full.Message);
            return false;
        }
    }

    /// <summary>Keeps what a peer sent, if it is a snapshot of this group and model; null: it is not.</summary>
    public async Task<SnapshotHeader?> AdoptAsync(Stream peer, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, "peer.tmp");
        try
        {
            var file = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, useAsync: true);
            SnapshotHeader header;
            await using (file.ConfigureAwait(false))
            {
                await peer.CopyToAsync(file, cancellation).ConfigureAwait(false);
                file.Position = 0;
                header = SnapshotHeader.Read(file);
            }

            if (!Fits(header))
            {
                return null;
            }

            File.Move(temporary, PathOf(header.Sequence), overwrite: true);
            return header;
        }
        catch (Exception bad) when (bad is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            LogBad(logger, temporary, bad.Message);
            return null;
        }
    }

    /// <summary>Headers of the snapshots that fit this group and model, newest first; damaged ones are left out with an alarm.</summary>
    public IEnumerable<SnapshotHeader> Headers()
    {
        foreach (var (_, path) in Files())
        {
            if (ReadHeader(path) is { } header)
            {
                yield return header;
            }
        }
    }

    /// <summary>Puts the state of a snapshot into an engine; false: it is damaged, and the engine is as it was.</summary>
    public bool Restore(SnapshotHeader header, ProjectEngine engine)
    {
        try
        {
            using var stream = File.OpenRead(PathOf(header.Sequence));
            SnapshotHeader.Read(stream);
            engine.RestoreSnapshot(stream);
            if (engine.Digest() == header.StateDigest)
            {
                return true;
            }

            LogBad(logger, PathOf(header.Sequence), "Its state has another digest than its header says.");
            return false;
        }
        catch (Exception bad) when (bad is IOException or InvalidDataException or SnapshotFormatException or UnauthorizedAccessException)
        {
            LogBad(logger, PathOf(header.Sequence), bad.Message);
            return false;
        }
    }

    /// <summary>The newest snapshot as it lies on the disk; null for none.</summary>
    public Stream? OpenNewest()
    {
        foreach (var (_, path) in Files())
        {
            try
            {
                return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, useAsync: true);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // Replaced by a newer one meanwhile.
                LogBad(logger, path, gone.Message);
            }
        }

        return null;
    }

    private bool Fits(SnapshotHeader header) => header.Group == group && header.ModelDigest == modelDigest;

    private SnapshotHeader? ReadHeader(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var header = SnapshotHeader.Read(stream);
            return Fits(header) ? header : null;
        }
        catch (Exception bad) when (bad is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            LogBad(logger, path, bad.Message);
            return null;
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

    [LoggerMessage(EventId = 5160, Level = LogLevel.Error, Message = "No snapshot could be written to {Folder}: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string folder, string reason);

    [LoggerMessage(EventId = 5161, Level = LogLevel.Error, Message = "Snapshot {Path} can't be used: {Reason}")]
    private static partial void LogBad(ILogger logger, string path, string reason);
}
