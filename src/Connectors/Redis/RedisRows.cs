using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Redis;

/// <summary>How a row changes in Redis.</summary>
/// <param name="Key">The key of its hash.</param>
/// <param name="Fields">By field: its value, null for none.</param>
/// <param name="KeepsNulls">True: fields without a value stay as they are.</param>
/// <param name="IsDelete">True: the row goes.</param>
/// <param name="Deadline">When it goes by itself; null for never.</param>
internal sealed record RowChange(
    string Key, ImmutableArray<string?> Fields, bool KeepsNulls, bool IsDelete, DateTimeOffset? Deadline)
{
    /// <summary>This change and a later one of the same row as one.</summary>
    public RowChange Then(RowChange later) => !later.KeepsNulls ? later
        : later with
        {
            Fields = [.. later.Fields.Select((value, i) => value ?? (IsDelete ? null : Fields[i]))],
            KeepsNulls = KeepsNulls && !IsDelete,
        };
}

/// <summary>Makes changes of rows from what leaves a statedb-writer: keys and fields as others read them.</summary>
internal sealed class RedisRows
{
    private readonly StateDbWriterWindowDefinition _window;
    private readonly StateDbTable _table;
    private readonly string _start;

    public RedisRows(StateDbWriterWindowDefinition window)
    {
        _window = window;
        _table = StateDbTable.Create(window, (_, message) => throw new InvalidOperationException(message))!;

        // In a cluster all keys of a prefix must lie on one server, as scripts reach no others: braces say what is hashed.
        _start = window.Database.IsCluster ? $"{{{window.Prefix}}}" : window.Prefix;
        Names = [.. _table.Schema.Fields.Select(f => f.Name)];
        Indexes = JsonSerializer.Serialize(_table.Indexes.Select(i => new Index(
            $"{_start}#{i.Name}", [.. i.Fields.Select(f => Names[f])])));
    }

    /// <summary>Names of the fields.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The secondary indexes, in JSON, for the script.</summary>
    public string Indexes { get; }

    /// <summary>The key that holds the epoch of the member of a group that may write.</summary>
    public string FenceOf(string owner) => $"{_start}#epoch:{owner}";

    /// <summary>The changes of a block, in order.</summary>
    public IEnumerable<RowChange> Of(EventBlock block, DateTimeOffset now)
    {
        string? updated = null;
        for (var row = 0; row < block.Count; row++)
        {
            var opcode = block.Opcodes[row];
            var isDelete = opcode is Opcode.Delete or Opcode.SafeDelete;
            var fields = _table.Sources.Select(s => TextOf(block.Columns[s], row)).ToImmutableArray();
            var key = KeyOf(fields);
            if (!(isDelete && key == updated))
            {
                var keepsNulls = !isDelete && (block.Flags[row] & EventFlags.PartialUpdate) != 0;
                yield return new RowChange(key, isDelete ? [] : fields, keepsNulls, isDelete, now + _window.TimeToLive);
            }

            updated = opcode == Opcode.UpdateBlock ? key : null;
        }
    }

    /// <summary>A value as text that is read back as the same value; null for none.</summary>
    public static string? TextOf(Column column, int row) => TextOf(column.GetObject(row));

    private static string? TextOf(object? value) => value switch
    {
        null => null,
        string text => text,
        byte[] bytes => Convert.ToBase64String(bytes),
        Array items => $"[{string.Join(';', items.Cast<object?>().Select(TextOf))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    // Keys of several fields must not run into each other.
    private string KeyOf(ImmutableArray<string?> fields)
    {
        var count = _table.Schema.KeyIndexes.Length;
        return count == 1 ? $"{_start}:{fields[0]}" : $"{_start}:{string.Join(':', fields.Take(count).Select(f =>
            f?.Replace("%", "%25", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal)))}";
    }

    private sealed record Index(string key, string[] fields);
}
