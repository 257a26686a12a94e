using System.Net;
using System.Net.Http.Headers;

namespace Lockstep.Connectors.Snapshots;

/// <summary>
/// A peer's snapshot while it comes over HTTP, as a stream to be read once. A connection that breaks or stands still is opened
/// again where it was (Range, If-Range), as long as each one brings something; the same file of the peer goes on even when the
/// peer has newer ones meanwhile. What comes is not checked here: the file carries its own checksum.
/// </summary>
public sealed class PeerSnapshotStream : Stream
{
    private const int TriesWithoutProgress = 3;

    private static readonly TimeSpan DefaultStall = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly Uri _newest;
    private readonly TimeSpan _stall;
    private HttpResponseMessage _response;
    private Stream _body;
    private long _position;
    private int _tries;

    private PeerSnapshotStream(HttpClient http, Uri newest, TimeSpan stall, HttpResponseMessage response, Stream body)
    {
        _http = http;
        _newest = newest;
        _stall = stall;
        _response = response;
        _body = body;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <summary>Asks a peer for its newest snapshot.</summary>
    /// <param name="http">The client; its own time-out bounds the wait for an answer, not the transfer.</param>
    /// <param name="address">Base address of the peer's endpoints.</param>
    /// <param name="stall">A transfer that brings nothing for so long is begun again; null: 10 s.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null: it has none.</returns>
    /// <exception cref="HttpRequestException">The peer is out of reach.</exception>
    /// <exception cref="UriFormatException">The address is none.</exception>
    public static async Task<PeerSnapshotStream?> AskAsync(
        HttpClient http, string address, TimeSpan? stall, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(address);
        var uri = new Uri(address.TrimEnd('/') + "/snapshot");
        var response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            response.Dispose();
            return null;
        }

        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        return new PeerSnapshotStream(http, uri, stall ?? DefaultStall, response, body);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The transfer broke, and could not be gone on with.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(_stall);
                var count = await _body.ReadAsync(buffer, limit.Token).ConfigureAwait(false);
                if (count > 0 || IsWhole)
                {
                    _position += count;
                    _tries = count > 0 ? 0 : _tries;
                    return count;
                }

                await ReopenAsync("the peer ended it early", cancellationToken).ConfigureAwait(false);
            }
            catch (Exception broken) when (IsBreak(broken, cancellationToken))
            {
                await ReopenAsync(broken.Message, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Not supported: a transfer is awaited.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body.Dispose();
            _response.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool IsWhole => _response.Content.Headers.ContentLength is not { } length
        || _position >= length + (_response.Content.Headers.ContentRange?.From ?? 0);

    private async Task ReopenAsync(string reason, CancellationToken cancellation)
    {
        var tag = _response.Headers.ETag;
        if (tag is null || ++_tries > TriesWithoutProgress)
        {
            throw new IOException($"The snapshot of {_newest} broke off after {_position} bytes: {reason}");
        }

        // The tag is "<sequence>-<length>": the same file is asked for by its sequence, though newer ones may be there.
        var sequence = tag.Tag.Trim('"').Split('-')[0].TrimStart('0');
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{_newest}?sequence={sequence}"));
        request.Headers.Range = new RangeHeaderValue(_position, null);
        request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.PartialContent)
            {
                response.Dispose();
                throw new IOException($"The snapshot of {_newest} broke off after {_position} bytes, and the peer has it no more.");
            }

            await _body.DisposeAsync().ConfigureAwait(false);
            _response.Dispose();
            _response = response;
            _body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException away)
        {
            throw new IOException($"The snapshot of {_newest} broke off after {_position} bytes: {away.Message}", away);
        }
    }

    private static bool IsBreak(Exception e, CancellationToken cancellation) =>
        e is HttpIOException or HttpRequestException or IOException { InnerException: System.Net.Sockets.SocketException }
        || (e is OperationCanceledException && !cancellation.IsCancellationRequested);
}
