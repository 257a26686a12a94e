using Lockstep.Connectors.Snapshots;
using Lockstep.Engine.Worker.Logging;
using Lockstep.Engine.Worker.Running;
using Lockstep.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>
/// GET /snapshot of a real endpoint, read by a member whose connections break: it goes on where it was, or says why not. A connection
/// breaks when the member has read what was sent before: a reset may throw away what is still on its way.
/// </summary>
public sealed class PeerSnapshotTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snapshots-");
    private readonly AnswerCounter _answers = new();
    private readonly HttpClient _http;
    private readonly List<string> _requests = [];
    private WebApplication? _app;
    private long _breakAfter = long.MaxValue;
    private bool _answerFirst = true;
    private long _received;

    public PeerSnapshotTests() => _http = new HttpClient(_answers);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_transfer_that_breaks_again_and_again_goes_on_where_it_was()
    {
        var bytes = Write(7, length: 3_000_000);
        _breakAfter = 500_000;
        await using var peer = await AskAsync();
        Assert.Equal(bytes, await ReadAsync(peer!));
        Assert.Equal(6, _requests.Count);
        Assert.Equal("", _requests[0]);
        Assert.Equal(Enumerable.Range(1, 5).Select(n => $"?sequence=7 bytes={n * 500_000}-"), _requests.Skip(1));
    }

    [Fact]
    public async Task The_same_file_goes_on_when_the_peer_has_a_newer_one_meanwhile()
    {
        var bytes = Write(7, length: 2_000_000);
        _breakAfter = 700_000;
        await using var peer = await AskAsync();
        Write(8, length: 100);
        Assert.Equal(bytes, await ReadAsync(peer!));
    }

    [Fact]
    public async Task A_file_that_is_gone_ends_the_transfer_with_an_error()
    {
        Write(7, length: 2_000_000);
        _breakAfter = 700_000;
        await using var peer = await AskAsync();
        var first = new byte[1];
        Assert.Equal(1, await peer!.ReadAsync(first, Cancel));
        _received = 1;
        File.Delete(PathOf(7));
        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(peer));
        Assert.Contains("has it no more", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 4)]
    public async Task A_peer_that_brings_nothing_more_is_given_up(bool answers, int requests)
    {
        Write(7, length: 2_000_000);
        _breakAfter = 100_000;
        await using var peer = await AskAsync();
        (_breakAfter, _answerFirst) = (0, answers);
        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(peer!));
        Assert.Contains("broke off after 100000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(requests, _requests.Count);
    }

    [Fact]
    public async Task A_peer_without_snapshot_answers_none() => Assert.Null(await AskAsync());

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task<byte[]> ReadAsync(Stream peer)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[65536];
        while (await peer.ReadAsync(buffer, Cancel) is > 0 and var count)
        {
            bytes.Write(buffer.AsSpan(0, count));
            Interlocked.Add(ref _received, count);
        }

        return bytes.ToArray();
    }

    private byte[] Write(long sequence, int length)
    {
        var bytes = new byte[length];
        new Random((int)sequence).NextBytes(bytes);
        File.WriteAllBytes(PathOf(sequence), bytes);
        return bytes;
    }

    private string PathOf(long sequence) => Path.Combine(_folder.FullName, $"{sequence:D19}.snap");

    private async Task<PeerSnapshotStream?> AskAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddStatusApi();
        _app = builder.Build();
        _app.Use(BreakAsync);
        _app.MapStatusApi(
            new StatusBoard(new Connectors.WorkerIdentity { Member = "m", Incarnation = "i" }, "p", TimeProvider.System), new LogBuffer(),
            Open);
        await _app.StartAsync(Cancel);
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return await PeerSnapshotStream.AskAsync(_http, address, TimeSpan.FromMinutes(1), Cancel);
    }

    private FileStream? Open(long? sequence)
    {
        var path = sequence is { } one ? PathOf(one) : _folder.GetFiles().Select(f => f.FullName).Max();
        return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete) : null;
    }

    /// <summary>Cuts the connection after so many bytes of an answer.</summary>
    private async Task BreakAsync(HttpContext context, RequestDelegate next)
    {
        int number;
        lock (_requests)
        {
            _requests.Add($"{context.Request.QueryString} {context.Request.Headers.Range}".Trim());
            number = _requests.Count;
        }

        var answers = _answerFirst;
        var from = context.Request.GetTypedHeaders().Range?.Ranges.First().From ?? 0;
        context.Response.Body = new BreakingStream(context.Response.Body, _breakAfter, async written =>
        {
            if (answers)
            {
                await context.Response.Body.FlushAsync(Cancel);
                await Eventually.TrueAsync(
                    () => _answers.Count >= number && Interlocked.Read(ref _received) >= from + written,
                    state: () => (_answers.Count, _received, from, written));
            }

            context.Abort();
        });
        await next(context);
    }

    private sealed class BreakingStream(Stream inner, long after, Func<long, Task> breakOff) : MemoryStream
    {
        private long _written;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var part = (int)Math.Min(buffer.Length, after - _written);
            if (part > 0)
            {
                await inner.WriteAsync(buffer[..part], cancellationToken);
            }

            _written += part;
            if (part < buffer.Length)
            {
                await breakOff(_written);
                throw new OperationCanceledException("The test breaks the connection.");
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    }

    /// <summary>How many answers have begun to come: their headers are there.</summary>
    private sealed class AnswerCounter() : DelegatingHandler(new SocketsHttpHandler())
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            Interlocked.Increment(ref _count);
            return response;
        }
    }
}
