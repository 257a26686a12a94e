using System.Buffers.Binary;

namespace Lockstep.TestKit.Proxies;

/// <summary>
/// A request of Kafka's protocol with its length.
/// <code>
/// request: int32 length | int16 api key | int16 version | int32 correlation id | client id ...
/// answer:  int32 length | int32 correlation id | [tag count] | ...
/// </code>
/// </summary>
internal sealed record KafkaFrame(byte[] Bytes)
{
    /// <summary>Longer ones are not Kafka's.</summary>
    private const int MaxLength = 200 * 1024 * 1024;
    private const int LengthSize = sizeof(int);
    private const int ThrottleSize = sizeof(int);
    private const short FirstFlexibleEndTxn = 3;

    public KafkaApi Api => (KafkaApi)BinaryPrimitives.ReadInt16BigEndian(Bytes.AsSpan(LengthSize));

    public short Version => BinaryPrimitives.ReadInt16BigEndian(Bytes.AsSpan(LengthSize + sizeof(short)));

    public int Correlation => BinaryPrimitives.ReadInt32BigEndian(Bytes.AsSpan(LengthSize + (2 * sizeof(short))));

    public static int CorrelationOfAnswer(byte[] answer) => BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(LengthSize));

    /// <summary>The next frame with its length; null at the end of the stream.</summary>
    /// <exception cref="IOException">It breaks off.</exception>
    /// <exception cref="InvalidDataException">It is no frame: something else than Kafka without TLS is spoken.</exception>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var length = new byte[LengthSize];
        var read = await stream.ReadAtLeastAsync(length, LengthSize, throwOnEndOfStream: false, cancellation);
        if (read == 0)
        {
            return null;
        }

        var size = BinaryPrimitives.ReadInt32BigEndian(length);
        if (read < LengthSize)
        {
            throw new EndOfStreamException("The stream ends within a length.");
        }

        if (size is < LengthSize or > MaxLength)
        {
            throw new InvalidDataException($"No frame of Kafka's has a length of {size}.");
        }

        var bytes = new byte[LengthSize + size];
        length.CopyTo(bytes, 0);
        await stream.ReadExactlyAsync(bytes.AsMemory(LengthSize), cancellation);
        return bytes;
    }

    /// <summary>The error code of an answer to this request; null for kinds whose answers are not known here.</summary>
    public short? ErrorOf(byte[] answer)
    {
        if (Api != KafkaApi.EndTxn)
        {
            return null;
        }

        var tags = Version >= FirstFlexibleEndTxn ? 1 : 0;
        return BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(LengthSize + sizeof(int) + tags + ThrottleSize));
    }
}
