using Lockstep.ZooKeeper.Session;

namespace Lockstep.ZooKeeper.Tests.Session;

/// <summary>What a connect string may be, and how paths go with its chroot.</summary>
public sealed class ConnectStringTests
{
    [Theory]
    [InlineData("a", "a:2181", "")]
    [InlineData("a:1,b:2/x/y", "a:1 b:2", "/x/y")]
    [InlineData(" a:1 , b /x/", "a:1 b:2181", "/x")]
    [InlineData("[::1]:3,[fe80::1]/", "::1:3 fe80::1:2181", "")]
    public void Good_ones_are_taken_apart(string text, string servers, string chroot)
    {
        Assert.True(ConnectString.TryParse(text, out ConnectString? parsed, out _));
        Assert.Equal(servers, string.Join(' ', parsed.Servers));
        Assert.Equal(chroot, parsed.Chroot);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/x")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData("a:x")]
    [InlineData(":1")]
    [InlineData("a/x//y")]
    public void Bad_ones_are_refused_with_a_reason(string text)
    {
        Assert.False(ConnectString.TryParse(text, out _, out string? problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Shuffling_keeps_every_server()
    {
        Assert.True(ConnectString.TryParse("a,b,c,d", out ConnectString? parsed, out _));
        Assert.Equal(parsed.Servers.OrderBy(s => s.Host), parsed.Shuffled().OrderBy(s => s.Host));
    }

    [Theory]
    [InlineData("", "/a", "/a")]
    [InlineData("/x", "/", "/x")]
    [InlineData("/x", "/a/b", "/x/a/b")]
    public void Paths_get_the_chroot_and_lose_it_again(string chroot, string client, string server)
    {
        Assert.Equal(server, ZnodePaths.ToServer(chroot, client));
        Assert.Equal(client, ZnodePaths.ToClient(chroot, server));
    }

    [Fact]
    public void Options_tell_all_their_problems()
    {
        ZooKeeperOptions options = new()
        {
            ConnectString = "",
            SessionTimeout = TimeSpan.Zero,
            ConnectTimeout = TimeSpan.Zero,
            SessionId = new SessionId(1),
            MaxInFlight = 0,
        };
        Assert.Equal(5, options.Validate().Count);
        Assert.Empty(new ZooKeeperOptions { ConnectString = "a" }.Validate());
    }

    [Fact]
    public void A_session_id_is_read_back_from_its_text()
    {
        SessionId id = new(-2);
        Assert.Equal("0xfffffffffffffffe", id.ToString());
        Assert.Equal(id, SessionId.Parse(id.ToString()));
        Assert.Throws<FormatException>(() => SessionId.Parse("12"));
    }
}
