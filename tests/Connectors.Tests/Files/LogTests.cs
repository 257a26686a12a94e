using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Microsoft.Extensions.Time.Testing;

namespace Lockstep.Connectors.Tests.Files;

/// <summary>fs publishers of types syslog and cef: the parts of a line go to the fields of their names.</summary>
public sealed class LogTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Rig _rig = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2024, 2, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose()
    {
        _rig.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("<34>1 2003-10-11T22:14:15.003Z host.example.com su 77 ID47 - \uFEFF'su root' failed",
        "4|2|2003-10-11T22:14:15.003|host.example.com|su|77|ID47||'su root' failed")]
    [InlineData("<165>1 2003-10-11T22:14:15+02:00 h app - - [a@1 x=\"1\" y=\"a]\\\"b\"][b] text",
        "20|5|2003-10-11T20:14:15.000|h|app|||[a@1 x=\"1\" y=\"a]\\\"b\"][b]|text")]
    [InlineData("<165>1 - - - - - -", "20|5|||||||")]
    [InlineData("<13>Feb  1 23:59:59 web-1 sshd[812]: Accepted: yes", "1|5|2024-02-01T23:59:59.000|web-1|sshd|812|||Accepted: yes")]
    [InlineData("Dec 31 10:00:00 web-1 kernel: up", "||2023-12-31T10:00:00.000|web-1|kernel||||up")]
    [InlineData("Feb 29 10:00:00 web-1 kernel: up", "||2020-02-29T10:00:00.000|web-1|kernel||||up")]
    [InlineData("2024-01-31T10:00:00.5+01:00 web-1 cron[1]: run", "||2024-01-31T09:00:00.500|web-1|cron|1|||run")]
    [InlineData("<0>no more than text", "0|0|||||||no more than text")]
    public async Task Lines_of_syslog_give_their_parts(string line, string expected)
    {
        var schema = new Schema(
        [
            new Field("id", FieldType.Int64, IsKey: true), new Field("facility", FieldType.Int32), new Field("severity", FieldType.Int32),
            new Field("timestamp", FieldType.Stamp), new Field("hostname", FieldType.String), new Field("appname", FieldType.String),
            new Field("procid", FieldType.String), new Field("msgid", FieldType.String), new Field("structureddata", FieldType.String),
            new Field("message", FieldType.String),
        ]);
        Assert.Equal([expected], await ReadAsync(schema, "syslog", $"\n{line}\n"));
    }

    [Theory]
    [InlineData("false", "CEF:0|Ven\\|dor|Prod|1.0|100|a \\\\ name|10|src=10.0.0.1 msg=one two\\=2\\nthree rt=1707000000123 empty=",
        "Ven|dor|100|a \\ name|10|10.0.0.1|one two=2\nthree|2024-02-03T22:40:00.123|")]
    [InlineData("true", "<34>Jan  2 10:00:00 fw CEF:0|V|P|1|7|n|High| rt=Jan 02 2024 09:59:58", "V|7|n|High|||2024-01-02T09:59:58.000|fw")]
    [InlineData("true", "CEF:0|V|P|1|7|n|3", "V|7|n|3||||")]
    public async Task Lines_of_cef_give_their_header_and_their_extension(string prefix, string line, string expected)
    {
        var schema = new Schema(
        [
            new Field("id", FieldType.Int64, IsKey: true), new Field("deviceVendor", FieldType.String), new Field("signatureId", FieldType.Int32),
            new Field("name", FieldType.String), new Field("severity", FieldType.String), new Field("src", FieldType.String),
            new Field("msg", FieldType.String), new Field("rt", FieldType.Stamp), new Field("hostname", FieldType.String),
        ]);
        Assert.Equal([expected], await ReadAsync(schema, "cef", line, ("cefsyslogprefix", prefix)));
    }

    [Theory]
    [InlineData("syslog", "neither one nor the other", ":1: The line is no syslog")]
    [InlineData("cef", "<34>CEF:0|a|b|c|d|e|f|", ":1: The line does not begin with CEF:; cefsyslogprefix=true")]
    [InlineData("cef", "CEF:0|a|b|c", ":1: The line ends before 'deviceVersion'")]
    [InlineData("cef", "CEF:0|a|b|c|d|e|f|timestamp=soon", ":1: Part 'timestamp' is no time: 'soon'.")]
    public async Task A_line_that_is_none_ends_the_publisher_with_its_place(string type, string line, string said)
    {
        var schema = new Schema([new Field("id", FieldType.Int64, IsKey: true), new Field("timestamp", FieldType.Stamp)]);
        var connector = Publisher(schema, type, line);
        await connector.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ConnectorState.Failed, connector.Status.State);
        Assert.Contains(said, connector.Status.Reason, StringComparison.Ordinal);
    }

    private async Task<List<string>> ReadAsync(Schema schema, string type, string text, params (string Name, string Value)[] more)
    {
        var connector = Publisher(schema, type, text, more);
        await connector.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((ConnectorState.Finished, null), (connector.Status.State, connector.Status.Reason));
        List<string> rows = [];
        while (_rig.Feed.TryTake(out var item))
        {
            rows.Add(string.Join('|', item.Block.Columns.ToArray()[1..].Select(c => TextOf(c, 0))));
            _rig.Feed.Return(item);
        }

        return rows;
    }

    private static string TextOf(Column column, int row) => column.IsNull(row) ? ""
        : column.Type == FieldType.Stamp
            ? (DateTime.UnixEpoch + TimeSpan.FromMicroseconds((long)column.GetObject(row)!)).ToString(
                "yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture)
            : $"{column.GetObject(row)}";

    private IConnector Publisher(Schema schema, string type, string text, params (string Name, string Value)[] more)
    {
        var path = _folder.At("in.log");
        File.WriteAllText(path, text);
        (string Name, string Value)[] all = [("fsname", path), ("fstype", type), .. more];
        var context = Rig.ContextOf(
            _rig.Feed, new ConnectorDefinition("fs", "c", ConnectorDirection.Publish, true,
                all.ToImmutableSortedDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal), default), schema: schema, time: _time);
        return ConnectorCatalog.Create(context with { Window = new SourceWindowDefinition { Name = "w", AutogenKey = true, InsertOnly = true } });
    }
}
