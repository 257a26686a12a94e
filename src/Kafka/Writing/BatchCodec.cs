using System.Buffers;
using System.IO.Compression;
using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;
using Snappier;

namespace Lockstep.Kafka.Writing;

/// <summary>Packs the records of a batch; numbers and layouts are those of Kafka's <c>CompressionType</c>.</summary>
internal sealed class BatchCodec : IDisposable
{
    private const int None = 0;
    private const int Gzip = 1;
    private const int Snap = 2;
    private const int Lz4 = 3;
    private const int Zstd = 4;

    // What other clients take: independent blocks, no checksum but the header's.
    private static readonly LZ4EncoderSettings Frame = new()
    {
        ChainBlocks = false,
        CompressionLevel = LZ4Level.L00_FAST,
        BlockSize = 256 * 1024,
        ContentChecksum = false,
        BlockChecksum = false,
    };

    private readonly ArrayBufferWriter<byte> _packed = new(64 * 1024);
    private readonly ZstdSharp.Compressor? _zstd;

    /// <param name="name">none, gzip, snappy, lz4 or zstd.</param>
    /// <exception cref="KafkaFaultException">It is none of these.</exception>
    public BatchCodec(string name)
    {
        Id = name switch
        {
            "none" => None,
            "gzip" => Gzip,
            "snappy" => Snap,
            "lz4" => Lz4,
            "zstd" => Zstd,
            _ => throw new KafkaFaultException("compression.type", new KafkaFault(
                KafkaFaultKind.Fatal, "InvalidConfig", $"'{name}' is not one of none, gzip, snappy, lz4, zstd.")),
        };
        _zstd = Id == Zstd ? new ZstdSharp.Compressor() : null;
    }

    /// <summary>The number of the codec in a batch's attributes.</summary>
    public int Id { get; }

    /// <summary>Packs; what is returned holds until the next call.</summary>
    public ReadOnlySpan<byte> Pack(ReadOnlySpan<byte> records)
    {
        _packed.ResetWrittenCount();
        switch (Id)
        {
            case None:
                return records;
            case Gzip:
                PackGzip(records);
                break;
            case Snap:
                var room = _packed.GetSpan(Snappy.GetMaxCompressedLength(records.Length));
                _packed.Advance(Snappy.Compress(records, room));
                break;
            case Lz4:
                LZ4Frame.Encode(records, _packed, Frame);
                break;
            default:
                var most = _packed.GetSpan(ZstdSharp.Compressor.GetCompressBound(records.Length));
                _packed.Advance(_zstd!.Wrap(records, most));
                break;
        }

        return _packed.WrittenSpan;
    }

    public void Dispose() => _zstd?.Dispose();

    private void PackGzip(ReadOnlySpan<byte> records)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(records);
        }

        _packed.Write(memory.GetBuffer().AsSpan(0, (int)memory.Length));
    }
}
