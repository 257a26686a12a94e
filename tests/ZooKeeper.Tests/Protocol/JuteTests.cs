using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.ZooKeeper.Tests.Protocol;

/// <summary>The bytes on the wire. Method: round trips of every record, known bytes of a few, damaged frames.</summary>
public sealed class JuteTests
{
    private static readonly Stat Stat = new(1, 2, 3, 4, 5, 6, 7, new SessionId(8), 9, 10, 11);
    private static readonly byte[] Bytes = [1, 2, 255];

    [Fact]
    public void Every_record_is_read_back()
    {
        RoundTrip(new ConnectRequest(0, 1, 2, new SessionId(3), Bytes, true));
        RoundTrip(new ConnectResponse(0, 2, new SessionId(3), Bytes, false));
        RoundTrip(new RequestHeader(1, OpCode.Create2));
        RoundTrip(new ReplyHeader(1, 2, ErrorCode.NoNode));
        RoundTrip(new AuthPacket(0, "digest", Bytes));
        RoundTrip(new CreateRequest("/a", Bytes, Acl.Open, CreateMode.EphemeralSequential));
        RoundTrip(new CreateTtlRequest("/a", Bytes, Acl.Open, CreateMode.PersistentWithTtl, 7));
        RoundTrip(new DeleteRequest("/a", -1));
        RoundTrip(new ReadRequest("/ä", true));
        RoundTrip(new SetDataRequest("/a", Bytes, 3));
        RoundTrip(new PathRecord("/a"));
        RoundTrip(new SetAclRequest("/a", [.. Acl.Open, .. Acl.ReadOnly], 3));
        RoundTrip(new CheckVersionRequest("/a", 3));
        RoundTrip(new StatRecord(Stat));
        RoundTrip(new Create2Response("/a", Stat));
        RoundTrip(new GetDataResponse(Bytes, Stat));
        RoundTrip(new GetChildrenResponse(["a", "b"]));
        RoundTrip(new GetChildren2Response(["a", "b"], Stat));
        RoundTrip(new GetAclResponse(Acl.Open, Stat));
        RoundTrip(new SetWatchesRequest(1, ["/a"], [], ["/b", "/c"]));
        RoundTrip(new SetWatches2Request(1, ["/a"], [], ["/b", "/c"], ["/d"], ["/e"]));
        RoundTrip(new AddWatchRequest("/a", WatchMode.PersistentRecursive));
        RoundTrip(new RemoveWatchesRequest("/a", WatchKind.Any));
        RoundTrip(new WatcherEvent(1, 3, "/a"));
        RoundTrip(new MultiHeader(OpCode.Check, false, ErrorCode.Ok));
        RoundTrip(new ErrorResult(ErrorCode.BadVersion));
        RoundTrip(new MultiRequest(
        [
            new MultiOperation.Check("/a", 1),
            new MultiOperation.Create("/b", Bytes, CreateMode.Ephemeral),
            new MultiOperation.Delete("/c", 2),
            new MultiOperation.SetContent("/d", Bytes, 3),
        ]));
        RoundTrip(new MultiResponse(
        [
            new MultiResult(OpCode.Check, ErrorCode.Ok, null, null),
            new MultiResult(OpCode.Create2, ErrorCode.Ok, "/b", Stat),
            new MultiResult(OpCode.SetData, ErrorCode.Ok, null, Stat),
            new MultiResult(OpCode.Error, ErrorCode.BadVersion, null, null),
        ]));
    }

    [Fact]
    public void A_ping_is_twelve_bytes() =>
        Assert.Equal("00000008FFFFFFFE0000000B", Hex(JuteWriter.Frame(new RequestHeader(Xid.Ping, OpCode.Ping))));

    [Fact]
    public void A_connect_request_is_as_the_java_client_sends_it() =>
        Assert.Equal(
            "0000002D" + "00000000" + "0000000000000000" + "00001770" + "0000000000000000"
            + "00000010" + "00000000000000000000000000000000" + "00",
            Hex(JuteWriter.Frame(new ConnectRequest(0, 0, 6000, SessionId.None, new byte[16], false))));

    [Fact]
    public void A_digest_is_that_of_the_server() =>
        Assert.Equal("super:xQJmxLMiHGwaqBvst5y6rkB6HQs=", Acl.DigestId("super", "admin"));

    [Fact]
    public void A_frame_cut_anywhere_is_refused()
    {
        byte[] whole = JuteWriter.Frame(new CreateRequest("/a", Bytes, Acl.Open, CreateMode.Ephemeral))[4..].ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ReadCreate(whole.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Random_bytes_never_do_worse_than_to_be_refused()
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            try
            {
                JuteReader reader = new(bytes);
                _ = i % 2 == 0 ? (object)SetWatches2Request.Read(ref reader) : MultiRequest.Read(ref reader);
            }
            catch (InvalidDataException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public async Task A_frame_beyond_the_limit_is_refused()
    {
        using MemoryStream stream = new([0, 0, 1, 1, .. new byte[257]]);
        await Assert.ThrowsAsync<InvalidDataException>(
            async () => await FrameStream.ReadFrameAsync(stream, 256, TestContext.Current.CancellationToken));
    }

    private static CreateRequest ReadCreate(ReadOnlySpan<byte> bytes)
    {
        JuteReader reader = new(bytes);
        return CreateRequest.Read(ref reader);
    }

    private static string Hex(ReadOnlyMemory<byte> frame) => Convert.ToHexString(frame.Span);

    private static void RoundTrip<T>(T record)
        where T : IJuteRecord<T>
    {
        ReadOnlyMemory<byte> frame = JuteWriter.Frame(record);
        JuteReader reader = new(frame.Span[4..]);
        T read = T.Read(ref reader);
        Assert.True(reader.AtEnd, $"{typeof(T).Name} left bytes unread");
        Assert.Equal(Hex(frame), Hex(JuteWriter.Frame(read)));
    }
}
