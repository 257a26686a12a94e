using System.Data.Common;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Lockstep.Connectors.Tests.Databases;

/// <summary>What the db connectors do with a real database, the same for each kind; the database is made by a class below.</summary>
public abstract class DatabaseTests
{
    private protected static readonly Schema Wide = new(
    [
        new Field("id", FieldType.Int64, IsKey: true), new Field("name", FieldType.String), new Field("n", FieldType.Int32),
        new Field("x", FieldType.Double), new Field("day", FieldType.Date), new Field("at", FieldType.Stamp),
        new Field("price", FieldType.Money), new Field("raw", FieldType.Blob),
    ]);

    private protected static readonly object?[] Full =
        [1L, "a;'b\"", -7L, 0.125, 1_700_000_000L, 1_700_000_000_123_456L, 12.34m, new byte[] { 0, 1, 255 }];

    private protected abstract string ConnectString { get; }

    private protected abstract DbConnection Open();

    [Fact]
    public async Task Values_of_all_types_come_back_as_they_went()
    {
        Execute("create table wide (\"ID\" bigint primary key, name text, n integer, x double precision, day timestamp, "
            + "at timestamp, price numeric(10,2), raw " + (this is SqliteTests ? "blob" : "bytea") + ", more text)");
        object?[] empty = [2L, null, null, null, null, null, null, null];
        var block = new EventBlock(Wide);
        block.AppendObjects(Opcode.Insert, EventFlags.None, Full);
        block.AppendObjects(Opcode.Insert, EventFlags.None, empty);
        var status = await WriteAsync(Wide, "wide", [block]);
        Assert.Equal((ConnectorState.Stopped, 2L, null), (status.State, status.EventsOut, status.Reason));

        using var feed = new BlockFeed();
        await using var publisher = Rig.Create(feed, "db", Wide, ConnectorDirection.Publish, isShared: false,
            ("connectstring", ConnectString), ("selectstatement", "select \"ID\", name, n, x, day, at, price, raw from wide order by 1"),
            ("blocksize", "10"));
        await publisher.RunAsync(CancellationToken.None);
        Assert.Equal((ConnectorState.Finished, null), (publisher.Status.State, publisher.Status.Reason));
        Assert.True(feed.TryTake(out var item));
        Assert.Equal(2, item.Block.Count);
        for (var i = 0; i < Full.Length; i++)
        {
            Assert.Equal(Full[i], item.Block.Columns[i].GetObject(0));
            Assert.Equal(empty[i], item.Block.Columns[i].GetObject(1));
        }
    }

    [Fact]
    public async Task Opcodes_keep_the_table_as_the_window_is()
    {
        Execute("create table kept (id bigint primary key, name text)");
        var status = await WriteAsync(Rig.Schema, "kept",
        [
            Rig.Block((Opcode.Insert, 0, 1, "a"), (Opcode.Insert, 0, 2, "b"), (Opcode.Insert, 0, 3, "c"), (Opcode.Insert, 0, 4, "d")),
            Rig.Block((Opcode.UpdateBlock, 0, 1, "a2"), (Opcode.Delete, 0, 1, "a"), (Opcode.Delete, 0, 2, "b")),
            Rig.Block((Opcode.Upsert, 0, 3, "c2"), (Opcode.Upsert, 0, 5, "e"), (Opcode.Delete, EventFlags.Retention, 4, "d")),
        ], ("rmretdel", "true"), ("commitrows", "2"));
        Assert.Equal((ConnectorState.Stopped, 8L), (status.State, status.EventsOut));
        Assert.Equal("1 a2;3 c2;4 d;5 e", Rows("kept"));
    }

    [Fact]
    public async Task A_refused_row_is_dropped_when_told_so_and_else_ends_the_connector_with_the_rows_before_it_kept()
    {
        Execute("create table once (id bigint primary key, name text)");
        EventBlock[] blocks = [Rig.Block((Opcode.Insert, 0, 1, "a"), (Opcode.Insert, 0, 2, "b"), (Opcode.Insert, 0, 1, "c"), (Opcode.Insert, 0, 3, "d"))];
        var status = await WriteAsync(Rig.Schema, "once", blocks);
        Assert.Equal((ConnectorState.Failed, 2L), (status.State, status.EventsOut));
        Assert.Contains("constraint", status.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("1 a;2 b", Rows("once"));

        Execute("delete from once");
        status = await WriteAsync(Rig.Schema, "once", blocks, ("ignoresqlerrors", "true"));
        Assert.Equal((ConnectorState.Stopped, 3L, 1L), (status.State, status.EventsOut, status.Dropped));
        Assert.Equal("1 a;2 b;3 d", Rows("once"));
    }

    [Theory]
    [InlineData("select name from few", "name each column as a field")]
    [InlineData("select name, id from few where id < 9", "7", "a")]
    [InlineData("select id as k, name as v from few where id < 9", "7", "a")]
    [InlineData("select name as k, id as v from few", "Row 1 of the query")]
    [InlineData("select nothing", "nothing")]
    public async Task Columns_go_to_fields_by_name_or_position(string select, string expected, string? name = null)
    {
        Execute("create table few (id bigint primary key, name text)");
        Execute("insert into few values (7, 'a'), (9, null)");
        using var rig = new Rig();
        await using var publisher = rig.PublisherOf("db", ("connectstring", ConnectString), ("selectstatement", select));
        await publisher.RunAsync(CancellationToken.None);
        if (name is null)
        {
            Assert.Equal(ConnectorState.Failed, publisher.Status.State);
            Assert.Contains(expected, publisher.Status.Reason, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal($"Insert {expected} {name}", Assert.Single(rig.Blocks()));
        }
    }

    [Fact]
    public async Task A_member_of_a_group_that_is_given_no_rows_leaves_the_database_alone()
    {
        using var feed = new BlockFeed();
        await using var standby = (ISubscriber)Rig.Create(feed, "db", Rig.Schema, ConnectorDirection.Subscribe, isShared: true,
            ("connectstring", ConnectString), ("desttablename", "no_such_table"));
        using var stop = new CancellationTokenSource();
        var run = standby.RunAsync(stop.Token);
        await stop.CancelAsync();
        await run;
        Assert.Equal((ConnectorState.Stopped, null), (standby.Status.State, standby.Status.Reason));
    }

    [Fact]
    public async Task A_table_without_the_fields_is_said()
    {
        Execute("create table other (id bigint primary key)");
        var status = await WriteAsync(Rig.Schema, "other", []);
        Assert.Equal(ConnectorState.Failed, status.State);
        Assert.Contains("no column for the fields name", status.Reason, StringComparison.Ordinal);
    }

    private protected async Task<ConnectorStatus> WriteAsync(
        Schema schema, string table, EventBlock[] blocks, params (string Name, string Value)[] properties)
    {
        using var feed = new BlockFeed();
        await using var subscriber = (ISubscriber)Rig.Create(feed, "db", schema, ConnectorDirection.Subscribe, isShared: false,
            [("connectstring", ConnectString), ("desttablename", table), .. properties]);
        using var stop = new CancellationTokenSource();
        var run = subscriber.RunAsync(stop.Token);
        foreach (var block in blocks)
        {
            subscriber.Take(block);
        }

        await stop.CancelAsync();
        await run;
        return subscriber.Status;
    }

    private protected void Execute(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private protected string Rows(string table)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"select id, name from {table} order by id";
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add($"{reader.GetValue(0)} {reader.GetValue(1)}");
        }

        return string.Join(';', rows);
    }
}

/// <summary>The same with a file of SQLite.</summary>
public sealed class SqliteTests : DatabaseTests, IDisposable
{
    private readonly TempFolder _folder = new();

    private protected override string ConnectString => $"Driver=SQLite3;Database={_folder.At("test.db")}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_is_missing_is_said()
    {
        var status = await WriteAsync(Rig.Schema, "t", []);
        Assert.Equal(ConnectorState.Failed, status.State);
        Assert.Contains("unable to open", status.Reason, StringComparison.Ordinal);
    }

    private protected override DbConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_folder.At("test.db")};Pooling=false");
        connection.Open();
        return connection;
    }
}

/// <summary>A server of PostgreSQL for all tests of a class.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public PostgresServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await PostgresServer.StartAsync();

    public ValueTask DisposeAsync() => Server is null ? ValueTask.CompletedTask : Server.DisposeAsync();
}

/// <summary>The same with a real server of PostgreSQL, and what only a server does.</summary>
public sealed class PostgresTests(PostgresFixture fixture) : DatabaseTests, IClassFixture<PostgresFixture>, IDisposable
{
    private protected override string ConnectString => fixture.Server.ConnectString;

    public void Dispose() => Execute("drop schema public cascade; create schema public");

    [Fact]
    public async Task A_server_that_crashes_loses_no_row()
    {
        Execute("create table crash (id bigint primary key, name text)");
        using var feed = new BlockFeed();
        await using var subscriber = (ISubscriber)Rig.Create(feed, "db", Rig.Schema, ConnectorDirection.Subscribe, isShared: false,
            ("connectstring", ConnectString), ("desttablename", "crash"), ("commitrows", "7"));
        using var stop = new CancellationTokenSource();
        var run = subscriber.RunAsync(stop.Token);
        for (var id = 0; id < 200; id++)
        {
            subscriber.Take(Rig.Block((Opcode.Insert, 0, id, "r")));
            if (id == 100)
            {
                await Eventually.TrueAsync(() => subscriber.Status.EventsOut >= 98);
                await fixture.Server.CrashAndRestartAsync();
            }
        }

        await Eventually.TrueAsync(() => subscriber.Status.EventsOut >= 196);
        await stop.CancelAsync();
        await run;
        Assert.Equal((ConnectorState.Stopped, 200L), (subscriber.Status.State, subscriber.Status.EventsOut));
        Assert.Equal(string.Join(';', Enumerable.Range(0, 200).Select(i => $"{i} r")), Rows("crash"));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_without_the_password()
    {
        using var rig = new Rig();
        await using var publisher = rig.PublisherOf("db", ("selectstatement", "select 1"),
            ("connectstring", $"Driver=PostgreSQL;Server=127.0.0.1;Port={FreePorts.Next()};Database=d;UID=u;PWD=secret-word"));
        await publisher.RunAsync(CancellationToken.None);
        Assert.Equal(ConnectorState.Failed, publisher.Status.State);
        Assert.DoesNotContain("secret-word", publisher.Status.Reason, StringComparison.Ordinal);
    }

    private protected override DbConnection Open()
    {
        var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={fixture.Server.Port};Database=postgres;Username=postgres;Password=none;Pooling=false");
        connection.Open();
        return connection;
    }
}
