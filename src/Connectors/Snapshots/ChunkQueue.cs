using System.Buffers;
using System.Collections.Concurrent;

namespace Lockstep.Connectors.Snapshots;

/// <summary>
/// Between the engine thread, which writes its state into it as a stream, and the thread that packs and stores it. Holds
/// <see cref="Limit"/> chunks at most; a state that is larger makes the engine thread wait for the disk. After the reading
/// side gave up, what is written goes nowhere.
/// </summary>
internal sealed class ChunkQueue : Stream
{
    /// <summary>Chunks of <see cref="SnapshotFormat.ChunkBytes"/> held at most.</summary>
    public const int Limit = 64;

    private readonly BlockingCollection<(byte[] Bytes, int Count)> _chunks = new(Limit);
    private readonly CancellationTokenSource _givenUp = new();
    private byte[]? _open;
    private int _used;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty && !_givenUp.IsCancellationRequested)
        {
            _open ??= ArrayPool<byte>.Shared.Rent(SnapshotFormat.ChunkBytes);
            var part = Math.Min(buffer.Length, SnapshotFormat.ChunkBytes - _used);
            buffer[..part].CopyTo(_open.AsSpan(_used));
            _used += part;
            buffer = buffer[part..];
            if (_used == SnapshotFormat.ChunkBytes)
            {
                Pass();
            }
        }
    }

    /// <summary>The writing side has written all.</summary>
    public void Complete()
    {
        if (_used > 0)
        {
            Pass();
        }

        _chunks.CompleteAdding();
    }

    /// <summary>For the reading side: hands each chunk on until the last one.</summary>
    /// <param name="take">Gets a chunk; its memory is used again when it returns.</param>
    public void Drain(SpanAction<byte, int> take)
    {
        foreach (var (bytes, count) in _chunks.GetConsumingEnumerable())
        {
            take(bytes.AsSpan(0, count), count);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>For the reading side: nothing more is wanted; the writing side never waits again.</summary>
    public void GiveUp() => _givenUp.Cancel();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _chunks.Dispose();
            _givenUp.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Pass()
    {
        try
        {
            _chunks.Add((_open!, _used), _givenUp.Token);
        }
        catch (OperationCanceledException)
        {
            // Given up: the chunk is garbage now.
        }

        (_open, _used) = (null, 0);
    }
}
