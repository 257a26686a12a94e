using System.Data.Common;
using Lockstep.Contracts.Events;
using Microsoft.Data.Sqlite;

namespace Lockstep.Connectors.Databases;

/// <summary>An event on its way to a table.</summary>
/// <param name="Opcode">What to do.</param>
/// <param name="Values">One value a field.</param>
internal readonly record struct DatabaseRow(Opcode Opcode, object?[] Values);

/// <summary>Writes rows into a table over a connection of its own, in transactions that its owner ends. Not thread safe.</summary>
internal sealed class TableWriter : IDisposable
{
    private const string Savepoint = "before_row";

    private readonly DbConnection _connection;
    private readonly Schema _schema;
    private readonly DateFormat? _format;
    private readonly Type[] _types;
    private readonly string[] _typeNames;
    private readonly Statement _insert;
    private readonly Statement _update;
    private readonly Statement _delete;
    private DbTransaction? _transaction;

    /// <summary>Opens the connection and looks at the table.</summary>
    /// <exception cref="DbException">The database refuses.</exception>
    /// <exception cref="DatabaseException">The connect string cannot be followed, or the table lacks a column.</exception>
    public TableWriter(DatabaseOptions options, Substitutions substitutions, Schema schema)
    {
        _schema = schema;
        _format = options.DateFormat;
        _connection = options.Open(substitutions);
        try
        {
            var names = ReadColumns(options.Table, out _types, out _typeNames);
            var keys = Enumerable.Range(0, names.Length).Where(i => schema.Fields[i].IsKey).ToArray();
            var others = Enumerable.Range(0, names.Length).Except(keys).ToArray();
            var where = string.Join(" AND ", keys.Select(i => $"{names[i]} = @p{i}"));
            int[] all = [.. Enumerable.Range(0, names.Length)];
            _insert = StatementOf(
                $"INSERT INTO {options.Table} ({string.Join(", ", names)}) VALUES ({string.Join(", ", all.Select(i => $"@p{i}"))})", all);

            // A table of keys alone has nothing to set; the update then only tells whether the row is there.
            var set = string.Join(", ", (others.Length == 0 ? keys : others).Select(i => $"{names[i]} = @p{i}"));
            _update = StatementOf($"UPDATE {options.Table} SET {set} WHERE {where}", all);
            _delete = StatementOf($"DELETE FROM {options.Table} WHERE {where}", keys);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Writes a row, in a transaction that begins with it if none is open.</summary>
    /// <param name="row">The row.</param>
    /// <param name="isRepeat">It may be there already, from a commit without an answer.</param>
    /// <param name="isGuarded">What fails leaves the rows before it as they are; without it the transaction may be lost.</param>
    public void Write(DatabaseRow row, bool isRepeat, bool isGuarded)
    {
        _transaction ??= _connection.BeginTransaction();
        if (!isGuarded)
        {
            WriteOne(row, isRepeat);
            return;
        }

        _transaction.Save(Savepoint);
        try
        {
            WriteOne(row, isRepeat);
            _transaction.Release(Savepoint);
        }
        catch (Exception refused) when (IsRefusal(refused) && !IsLost(refused))
        {
            _transaction.Rollback(Savepoint);
            throw;
        }
    }

    /// <summary>Commits what was written since the last time.</summary>
    public void Commit()
    {
        _transaction?.Commit();
        _transaction?.Dispose();
        _transaction = null;
    }

    /// <summary>Takes back what was written since the last commit.</summary>
    public void Rollback()
    {
        _transaction?.Rollback();
        _transaction?.Dispose();
        _transaction = null;
    }

    /// <summary>True for what a database or the conversion of a value says against a row.</summary>
    public static bool IsRefusal(Exception failed) =>
        failed is DbException or FormatException or OverflowException or InvalidCastException or ArgumentException;

    /// <summary>True when the connection or its transaction is gone for a reason that passes.</summary>
    public bool IsLost(Exception failed) =>
        failed is DbException { IsTransient: true } || _connection.State != System.Data.ConnectionState.Open;

    /// <inheritdoc/>
    public void Dispose()
    {
        _insert.Command.Dispose();
        _update.Command.Dispose();
        _delete.Command.Dispose();
        _transaction?.Dispose();
        _connection.Dispose();
    }

    private void WriteOne(DatabaseRow row, bool isRepeat)
    {
        switch (row.Opcode)
        {
            case Opcode.Insert when !isRepeat:
                Execute(_insert, row);
                break;
            case Opcode.Delete or Opcode.SafeDelete:
                Execute(_delete, row);
                break;
            default:
                if (Execute(_update, row) == 0)
                {
                    Execute(_insert, row);
                }

                break;
        }
    }

    private int Execute(Statement statement, DatabaseRow row)
    {
        var (command, fields) = statement;
        command.Transaction = _transaction;
        for (var at = 0; at < fields.Length; at++)
        {
            var i = fields[at];
            try
            {
                command.Parameters[at].Value = DatabaseValues.ForColumn(row.Values[i], _schema.Fields[i].Type, _types[i], _typeNames[i], _format);
            }
            catch (Exception wrong) when (wrong is FormatException or OverflowException or InvalidCastException or ArgumentException)
            {
                throw new FormatException($"Field '{_schema.Fields[i].Name}' does not go into a column of type {_typeNames[i]}: {wrong.Message}", wrong);
            }
        }

        return command.ExecuteNonQuery();
    }

    private Statement StatementOf(string text, int[] fields)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var i in fields)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            command.Parameters.Add(parameter);
        }

        return new Statement(command, fields);
    }

    /// <summary>The table's column of each field, quoted, with its types.</summary>
    private string[] ReadColumns(string table, out Type[] types, out string[] typeNames)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {table} WHERE 1 = 0";
        using var reader = command.ExecuteReader();
        var columns = Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, i => i, StringComparer.OrdinalIgnoreCase);
        var missing = _schema.Fields.Where(f => !columns.ContainsKey(f.Name)).Select(f => f.Name).ToArray();
        if (missing.Length > 0)
        {
            throw new DatabaseException($"Table {table} has no column for the fields {string.Join(", ", missing)}: add columns of these names.");
        }

        var at = _schema.Fields.Select(f => columns[f.Name]).ToArray();

        // SQLite says of an empty result only what was declared, and keeps in any column what it is given.
        types = [.. at.Select((i, f) => _connection is SqliteConnection && _schema.Fields[f].Type is not (FieldType.Date or FieldType.Stamp)
            && reader.GetFieldType(i) == typeof(string) && !reader.GetDataTypeName(i).Contains("CHAR", StringComparison.OrdinalIgnoreCase)
            && !reader.GetDataTypeName(i).Contains("TEXT", StringComparison.OrdinalIgnoreCase) ? typeof(object) : reader.GetFieldType(i))];
        typeNames = [.. at.Select(reader.GetDataTypeName)];
        return [.. at.Select(i => $"\"{reader.GetName(i).Replace("\"", "\"\"", StringComparison.Ordinal)}\"")];
    }

    // A command, and the field of each of its parameters.
    private readonly record struct Statement(DbCommand Command, int[] Fields);
}
