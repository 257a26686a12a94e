using System.Net.Sockets;

namespace Lockstep.Connectors.Files;

/// <summary>Reads a connection, and tells before a read has to wait for the peer: what came so far must not wait for what may never come.</summary>
/// <param name="connection">Closed with the stream.</param>
/// <param name="beforeWait">Called on the thread that reads, with nothing read since.</param>
internal sealed class ConnectionStream(Socket connection, Action beforeWait) : NetworkStream(connection, ownsSocket: true)
{
    /// <inheritdoc/>
    /// <remarks>Reads into a span come here too, as in every stream derived from this one.</remarks>
    public override int Read(byte[] buffer, int offset, int count)
    {
        if (!DataAvailable)
        {
            beforeWait();
        }

        return base.Read(buffer, offset, count);
    }
}
