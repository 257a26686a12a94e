using System.Collections.Immutable;
using Lockstep.Connectors.Redis;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.TestKit;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace Lockstep.Connectors.Tests.Redis;

/// <summary>What a statedb-writer stores arrives in a real Redis as others read it, also after breaks and takeovers.</summary>
public sealed class RedisMirrorTests : IAsyncLifetime
{
    private static readonly Schema Schema = new(
        [new Field("id", FieldType.Int64, IsKey: true), new Field("card", FieldType.String), new Field("amount", FieldType.Double)]);

    private readonly BlockFeed _feed = new();
    private readonly LogText _log = new();
    private readonly CancellationTokenSource _stop = new();
    private RedisServer _server = null!;
    private ConnectionMultiplexer _client = null!;

    private IDatabase Database => _client.GetDatabase();

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _client = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
        {
            EndPoints = { { "127.0.0.1", _server.Port } },
            Password = RedisServer.Password,
            AllowAdmin = true,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
        _feed.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Rows_are_hashes_and_secondary_indexes_are_sets_of_their_keys()
    {
        await using var mirror = Mirror();
        var run = mirror.RunAsync(_stop.Token);
        mirror.Take(Block(
            (Opcode.Insert, EventFlags.None, 1, "a", 1.5), (Opcode.Insert, EventFlags.None, 2, "a", 0.1), (Opcode.Upsert, EventFlags.None, 3, "b", null)));
        await WrittenAsync(mirror);

        Assert.Equal("AMOUNT=1.5,CARD=a,id=1", await RowAsync("PAY:1"));
        Assert.Equal("CARD=b,id=3", await RowAsync("PAY:3"));
        Assert.Equal(["PAY:1", "PAY:2"], await SetAsync("PAY#card:a"));
        Assert.Null(await Database.KeyTimeToLiveAsync("PAY:1"));

        mirror.Take(Block(
            (Opcode.UpdateBlock, EventFlags.None, 1, "b", null), (Opcode.Delete, EventFlags.None, 1, "a", 1.5),
            (Opcode.Update, EventFlags.PartialUpdate, 3, null, 7.0), (Opcode.Delete, EventFlags.None, 2, null, null)));
        await WrittenAsync(mirror);

        Assert.Equal("CARD=b,id=1", await RowAsync("PAY:1"));
        Assert.Equal("AMOUNT=7,CARD=b,id=3", await RowAsync("PAY:3"));
        Assert.Equal("", await RowAsync("PAY:2"));
        Assert.Equal([], await SetAsync("PAY#card:a"));
        Assert.Equal(["PAY:1", "PAY:3"], await SetAsync("PAY#card:b"));
        await EndAsync(mirror, run, ConnectorState.Stopped);
    }

    [Fact]
    public async Task Rows_with_a_time_to_live_expire()
    {
        await using var mirror = Mirror(TimeSpan.FromMinutes(10));
        var run = mirror.RunAsync(_stop.Token);
        mirror.Take(Block((Opcode.Insert, EventFlags.None, 1, "a", 1)));
        await WrittenAsync(mirror);

        Assert.InRange((await Database.KeyTimeToLiveAsync("PAY:1"))!.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        Assert.InRange((await Database.KeyTimeToLiveAsync("PAY#card:a"))!.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        await EndAsync(mirror, run, ConnectorState.Stopped);
    }

    [Fact]
    public async Task Rows_wait_while_the_server_is_away_each_with_its_newest_values()
    {
        await using var mirror = Mirror();
        var run = mirror.RunAsync(_stop.Token);
        mirror.Take(Block((Opcode.Insert, EventFlags.None, 1, "a", 1)));
        await WrittenAsync(mirror);
        await _server.KillAsync();
        for (var i = 0; i < 50; i++)
        {
            mirror.Take(Block((Opcode.Upsert, EventFlags.None, 1, "a", i), (Opcode.Update, EventFlags.PartialUpdate, 1, "b", null)));
        }

        mirror.Take(Block((Opcode.Insert, EventFlags.None, 2, "c", 2), (Opcode.Delete, EventFlags.None, 2, null, null)));
        await Eventually.TrueAsync(() => mirror.Status.Reason is not null);
        Assert.Equal((ConnectorState.Running, false), (mirror.Status.State, mirror.Status.IsConnected));
        await _server.RestartAsync();
        await Eventually.TrueAsync(() => mirror.Status is { Behind: 0, EventsOut: 3 }, state: () => $"{mirror.Status}");

        Assert.Equal("AMOUNT=49,CARD=b,id=1", await RowAsync("PAY:1"));
        Assert.Equal("", await RowAsync("PAY:2"));
        Assert.Null(mirror.Status.Reason);
        await EndAsync(mirror, run, ConnectorState.Stopped);
    }

    [Fact]
    public async Task A_standby_writes_nothing_until_it_leads_and_then_what_its_predecessor_owed()
    {
        await using var first = Mirror(isShared: true);
        await using var second = Mirror(isShared: true);
        var runs = (First: first.RunAsync(_stop.Token), Second: second.RunAsync(_stop.Token));
        first.Lead(3);
        Both(Block((Opcode.Insert, EventFlags.None, 1, "a", 1)));
        await WrittenAsync(first);
        Assert.Equal(0, second.Status.EventsOut);

        // The first one stands still before it has written this, as a process that is halted does.
        second.Take(Block((Opcode.Upsert, EventFlags.None, 1, "a", 2), (Opcode.Insert, EventFlags.None, 2, "b", 2)));
        second.Lead(4);
        await Eventually.TrueAsync(() => second.Status is { Behind: 0, EventsOut: 2 }, state: () => $"{second.Status}");
        Assert.Equal("AMOUNT=2,CARD=a,id=1", await RowAsync("PAY:1"));

        // It goes on, and does not know yet that its epoch is over.
        first.Take(Block((Opcode.Upsert, EventFlags.None, 1, "old", 0)));
        await Eventually.TrueAsync(() => _log.Lines.Any(l => l.Contains("epoch 3 is over", StringComparison.Ordinal)));
        Assert.Equal("AMOUNT=2,CARD=a,id=1", await RowAsync("PAY:1"));
        await EndAsync(first, runs.First, ConnectorState.Stopped);
        await runs.Second;

        void Both(EventBlock block)
        {
            first.Take(block);
            second.Take(block);
        }
    }

    [Fact]
    public async Task A_wrong_password_ends_it_and_is_told_nowhere()
    {
        await using var mirror = Mirror(password: "a-wrong-one");
        mirror.Take(Block((Opcode.Insert, EventFlags.None, 1, "a", 1)));
        await mirror.RunAsync(_stop.Token);

        Assert.Equal(ConnectorState.Failed, mirror.Status.State);
        Assert.Contains("refuses user or password", mirror.Status.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines.Append(mirror.Status.Reason!), l => l.Contains("a-wrong-one", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("PAY:2")]
    [InlineData("PAY#card:a")]
    public async Task A_key_that_holds_something_else_fails_it_after_some_tries_and_is_left_as_it_is(string foreign)
    {
        await Database.StringSetAsync(foreign, "mine");
        var time = new FakeTimeProvider();
        await using var mirror = Mirror(time: time);
        var run = mirror.RunAsync(_stop.Token);
        mirror.Take(Block((Opcode.Insert, EventFlags.None, 2, "a", 0.1)));
        await Eventually.TrueAsync(() => mirror.Status.Reason?.Contains("row 'PAY:2'", StringComparison.Ordinal) == true);
        Assert.Equal(ConnectorState.Running, mirror.Status.State);
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return run.IsCompleted;
        });
        Assert.Equal(ConnectorState.Failed, mirror.Status.State);
        Assert.Contains("give the window another prefix", mirror.Status.Reason, StringComparison.Ordinal);
        Assert.Equal("mine", (string?)await Database.StringGetAsync(foreign));
    }

    [Fact]
    public async Task A_key_that_is_taken_away_in_time_costs_nothing()
    {
        await Database.StringSetAsync("PAY:2", "mine");
        await using var mirror = Mirror();
        var run = mirror.RunAsync(_stop.Token);
        mirror.Take(Block((Opcode.Insert, EventFlags.None, 2, "a", 0.1)));
        await Eventually.TrueAsync(() => mirror.Status.Reason is not null);
        await Database.KeyDeleteAsync("PAY:2");
        await WrittenAsync(mirror);
        Assert.Equal("AMOUNT=0.1,CARD=a,id=2", await RowAsync("PAY:2"));
        await EndAsync(mirror, run, ConnectorState.Stopped);
    }

    [Fact]
    public async Task Rows_that_can_not_be_written_when_the_project_stops_are_told()
    {
        await _server.KillAsync();
        await using var mirror = Mirror();
        mirror.Take(Block((Opcode.Insert, EventFlags.None, 1, "a", 1)));
        var run = mirror.RunAsync(_stop.Token);
        await Eventually.TrueAsync(() => mirror.Status.Reason is not null);
        await EndAsync(mirror, run, ConnectorState.Failed);

        Assert.Contains("1 rows are not written", mirror.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_more_rows_than_the_limit_those_changed_longest_ago_go()
    {
        var queue = new RowQueue(2);
        Assert.False(queue.Add(Change("a")));
        Assert.False(queue.Add(Change("b")));
        Assert.False(queue.Add(Change("a")));
        Assert.True(queue.Add(Change("c")));

        Assert.Equal(["a", "c"], queue.Peek(5).Select(c => c.Key));
    }

    private static RowChange Change(string key) => new(key, ["1"], KeepsNulls: false, IsDelete: false, null);

    private static EventBlock Block(params (Opcode Opcode, EventFlags Flags, long Id, string? Card, double? Amount)[] events)
    {
        var block = new EventBlock(Schema);
        foreach (var (opcode, flags, id, card, amount) in events)
        {
            block.AppendObjects(opcode, flags, id, card, amount);
        }

        return block;
    }

    private static Task WrittenAsync(RedisMirror mirror) =>
        Eventually.TrueAsync(() => mirror.Waiting == 0 && mirror.Status is { EventsOut: > 0, Behind: 0 });

    private async Task EndAsync(RedisMirror mirror, Task run, ConnectorState state)
    {
        await _stop.CancelAsync();
        await run.WaitAsync(Eventually.DefaultDeadline, TestContext.Current.CancellationToken);
        Assert.Equal(state, mirror.Status.State);
    }

    private async Task<string> RowAsync(string key) =>
        string.Join(',', (await Database.HashGetAllAsync(key)).Select(e => $"{e.Name}={e.Value}").Order(StringComparer.Ordinal));

    private async Task<IEnumerable<string>> SetAsync(string key) =>
        (await Database.SetMembersAsync(key)).Select(m => m.ToString()).Order(StringComparer.Ordinal);

    private RedisMirror Mirror(TimeSpan? timeToLive = null, bool isShared = false, string password = RedisServer.Password,
        TimeProvider? time = null) => new(new ConnectorContext
        {
            Project = "p",
            Model = Rig.Model,
            Query = "q",
            Window = new StateDbWriterWindowDefinition
            {
                Name = "w",
                Schema = Schema,
                Database = new StateDbDefinition(StateDbType.Redis, "127.0.0.1", _server.Port) { Password = password },
                Prefix = "PAY",
                TimeToLive = timeToLive,
                Indexes = [new StateDbIndex("card", ["CARD"], default)],
                Output = [new StateDbField("card", "CARD", default), new StateDbField("amount", "AMOUNT", default)],
            },
            WindowId = new WindowId(0, 0),
            Schema = Schema,
            Definition = new ConnectorDefinition(
            "statedb", "statedb", ConnectorDirection.Subscribe, true, ImmutableSortedDictionary<string, string>.Empty, default),
            Substitutions = Substitutions.None,
            Worker = new WorkerIdentity { Member = "m", Incarnation = "i" },
            Feed = _feed,
            Time = time ?? TimeProvider.System,
            Loggers = _log,
            IsShared = isShared,
        });
}
