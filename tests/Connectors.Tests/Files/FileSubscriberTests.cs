using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Tests.Files;

/// <summary>fs subscribers: blocks become lines as the properties say.</summary>
public sealed class FileSubscriberTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Rig _rig = new();

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("full", "opcode,flags,id,name\n")]
    [InlineData("true", "id,name\n")]
    [InlineData("false", "")]
    public async Task Lines_follow_the_header(string header, string first)
    {
        Assert.Equal(
            first + "I,N, 1,a\n",
            await WriteAsync([("header", header)], Rig.Block((Opcode.Insert, EventFlags.None, 1, "a"))));
    }

    [Fact]
    public async Task Collapse_makes_one_update_of_a_pair() => Assert.Equal(
        "U,N, 1,new\nI,N, 2,x\n",
        await WriteAsync(
            [("collapse", "true")],
            Rig.Block(
                (Opcode.UpdateBlock, EventFlags.None, 1, "new"), (Opcode.Delete, EventFlags.None, 1, "old"),
                (Opcode.Insert, EventFlags.None, 2, "x"))));

    [Fact]
    public async Task Deletes_by_retention_can_be_left_out() => Assert.Equal(
        "D,N, 2,b\n",
        await WriteAsync(
            [("rmretdel", "true")],
            Rig.Block((Opcode.Delete, EventFlags.Retention, 1, "a"), (Opcode.Delete, EventFlags.None, 2, "b"))));

    [Theory]
    [InlineData("false", 0)]
    [InlineData("true", 9)]
    public async Task Unbuffered_every_block_is_in_the_file_at_once(string unbuffered, int expected)
    {
        var path = _folder.At("out.csv");
        var connector = Subscriber(isShared: false, ("fsname", path), ("unbufferedoutputstreams", unbuffered));
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "a")));
        Assert.Equal(expected, new FileInfo(path).Length);
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task What_was_taken_is_in_the_file_after_a_flush()
    {
        var path = _folder.At("out.csv");
        var connector = Subscriber(isShared: false, ("fsname", path));
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, 1, "a")));
        connector.Flush();
        Assert.Equal("I,N, 1,a\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task Members_of_a_group_go_on_in_one_file_and_the_header_stands_once()
    {
        var path = _folder.At("shared.csv");
        for (var member = 1; member <= 2; member++)
        {
            var connector = Subscriber(isShared: true, ("fsname", path), ("header", "true"));
            using var stop = new CancellationTokenSource();
            var run = connector.RunAsync(stop.Token);
            connector.Take(Rig.Block((Opcode.Insert, EventFlags.None, member, "m")));
            await stop.CancelAsync();
            await run;
        }

        Assert.Equal("id,name\nI,N, 1,m\nI,N, 2,m\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    private async Task<string> WriteAsync((string Name, string Value)[] properties, EventBlock block)
    {
        var path = _folder.At("out.csv");
        var connector = Subscriber(isShared: false, [("fsname", path), .. properties]);
        using var stop = new CancellationTokenSource();
        var run = connector.RunAsync(stop.Token);
        connector.Take(block);
        await stop.CancelAsync();
        await run;
        return await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
    }

    private ISubscriber Subscriber(bool isShared, params (string Name, string Value)[] properties) =>
        (ISubscriber)Rig.Create(_rig.Feed, ConnectorDirection.Subscribe, isShared, properties);
}
