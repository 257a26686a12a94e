using System.Buffers;
using System.Collections.Immutable;
using Lockstep.Connectors.Files;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// A csv file that holds every row once. Rows gather in memory, go to the file by <see cref="WriteOut"/>, and count only after
/// <see cref="Sync"/>: file synced, then position replaced. A restart cuts off what the position does not know.
/// Owned by one thread.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly EventLines _lines;
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    private readonly FileStream _file;
    private readonly FileStream _guard;
    private bool _dirty;

    private OutputFile(string path, EventLines lines, FileStream guard, FileStream file, OutputPosition position)
    {
        _path = path;
        _lines = lines;
        _guard = guard;
        _file = file;
        Position = position;
    }

    /// <summary>How far it has got, what gathers in memory counted.</summary>
    public OutputPosition Position { get; private set; }

    /// <summary>True: something was written that is not synced.</summary>
    public bool IsDirty => _dirty || _buffer.WrittenCount > 0;

    /// <summary>Bytes that gather in memory.</summary>
    public int Waiting => _buffer.WrittenCount;

    /// <summary>Records without a stamp on a topic whose records have one: not written.</summary>
    public long Foreign { get; private set; }

    /// <summary>
    /// Opens the file where its position says, or begins it. A second process that opens the same file fails.
    /// </summary>
    /// <param name="options">Which file.</param>
    /// <param name="schema">Schema of the rows.</param>
    /// <param name="begin">The position of a file that is begun; its length is set here.</param>
    /// <exception cref="IOException">The file can't be written, is in use, or is not the one its position was made for.</exception>
    /// <exception cref="InvalidDataException">The position is damaged.</exception>
    public static OutputFile Open(FileSubscriberOptions options, Schema schema, Func<OutputPosition> begin)
    {
        var lines = new EventLines(options, schema);
        var guard = new FileStream(options.Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        FileStream? file = null;
        try
        {
            var position = OutputPosition.Load(options.Path);
            file = new FileStream(options.Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
            if (position is not null && file.Length < position.Length)
            {
                if (!options.RestartWhenReplaced)
                {
                    throw new IOException(
                        $"'{options.Path}' has {file.Length} bytes, but {position.Length} bytes were written: it was cut or replaced. "
                        + $"Restore it, remove '{options.Path}{OutputPosition.Suffix}' to begin anew, or set onreplaced=restart.");
                }

                position = position with { Length = 0, Rows = 0 };
            }

            var output = new OutputFile(options.Path, lines, guard, file, position ?? begin());
            output.Begin();
            return output;
        }
        catch
        {
            file?.Dispose();
            guard.Dispose();
            throw;
        }
    }

    /// <summary>Takes one record: its rows are written unless its q was written before.</summary>
    /// <param name="block">Its events.</param>
    /// <param name="stamp">Its stamp; null for a record without.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="at">Its timestamp.</param>
    public void Take(EventBlock block, OutboundStamp? stamp, long offset, DateTimeOffset at = default)
    {
        var before = Position;
        Position = before with { NextOffset = offset + 1 };
        if (stamp is null)
        {
            if (before.LastQ > 0)
            {
                Foreign++;
                return;
            }

            Position = Position with { Rows = before.Rows + _lines.Write(block, _buffer) };
            return;
        }

        if (stamp.Q <= before.LastQ)
        {
            Position = Position with
            {
                Duplicated = before.Duplicated + 1,
                Gaps = With(before.Gaps, GapOf("duplicated", stamp.Q, stamp.Q, stamp, offset, at)),
            };
            return;
        }

        var isFirst = before.LastQ == 0 && !before.FromFirst;
        var lost = isFirst ? 0 : stamp.Q - before.LastQ - 1;
        Position = Position with
        {
            Gaps = lost == 0 ? before.Gaps : With(before.Gaps, GapOf("lost", before.LastQ + 1, stamp.Q - 1, stamp, offset, at)),
            LastEpoch = stamp.Epoch.Value,
            LastQ = stamp.Q,
            LastId = stamp.MessageId.ToString(),
            Lost = before.Lost + lost,
            Rows = before.Rows + _lines.Write(block, _buffer),
        };
    }

    /// <summary>Notes that everything below an offset is read, though no record came from there (markers, aborted records).</summary>
    public void Pass(long nextOffset)
    {
        if (nextOffset > Position.NextOffset)
        {
            Position = Position with { NextOffset = nextOffset };
        }
    }

    /// <summary>Writes what gathered to the file, for whoever reads it while it grows.</summary>
    public void WriteOut()
    {
        if (_buffer.WrittenCount > 0)
        {
            _file.Write(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
            _dirty = true;
        }
    }

    /// <summary>Makes what was written count.</summary>
    public void Sync()
    {
        WriteOut();
        _file.Flush(flushToDisk: true);
        Position = Position with { Length = _file.Length };
        Position.Save(_path);
        _dirty = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _guard.Dispose();
    }

    private LedgerGap GapOf(string kind, long fromQ, long toQ, OutboundStamp stamp, long offset, DateTimeOffset at) => new(
        kind, fromQ, toQ, at, offset, Position.LastId, stamp.MessageId.ToString(), Position.LastEpoch, stamp.Epoch.Value, stamp.Member);

    /// <summary>Repeats that follow each other are one entry: a whole commit that comes again must not push the rest out.</summary>
    private static ImmutableArray<LedgerGap> With(ImmutableArray<LedgerGap> gaps, LedgerGap next)
    {
        if (next.Kind == "duplicated" && gaps is [.., { Kind: "duplicated" } last] && last.ToQ + 1 == next.FromQ
            && last.EpochAfter == next.EpochAfter)
        {
            return gaps.SetItem(gaps.Length - 1, last with { ToQ = next.ToQ });
        }

        return (gaps.Length < OutputPosition.GapsKept ? gaps : gaps.RemoveAt(0)).Add(next);
    }

    private void Begin()
    {
        _file.SetLength(Position.Length);
        _file.Seek(0, SeekOrigin.End);
        if (Position.Length == 0)
        {
            _lines.WriteHeader(_buffer);
        }

        // A first start at the topic's end must find that end again when it is killed before the first row.
        Sync();
    }
}
