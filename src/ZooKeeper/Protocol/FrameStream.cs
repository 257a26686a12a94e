using System.Buffers.Binary;

namespace Lockstep.ZooKeeper.Protocol;

/// <summary>Takes whole frames off a stream.</summary>
internal static class FrameStream
{
    private const int LengthBytes = 4;

    /// <summary>Reads one frame.</summary>
    /// <param name="stream">The connection, best buffered.</param>
    /// <param name="limit">The longest frame taken.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The records, without the length; null at the end of the stream.</returns>
    /// <exception cref="InvalidDataException">The frame is longer than the limit, or its length is below 0.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within the frame.</exception>
    public static async ValueTask<byte[]?> ReadFrameAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        byte[] lengthBytes = new byte[LengthBytes];
        int read = await stream.ReadAtLeastAsync(lengthBytes, LengthBytes, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
        if (read == 0)
        {
            return null;
        }

        if (read < LengthBytes)
        {
            throw new EndOfStreamException("The connection ended within a frame's length.");
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(lengthBytes);
        if (length < 0 || length > limit)
        {
            throw new InvalidDataException($"A frame of {length} bytes is not taken; the limit is {limit} bytes.");
        }

        byte[] frame = new byte[length];
        await stream.ReadExactlyAsync(frame, cancellationToken).ConfigureAwait(false);
        return frame;
    }
}
