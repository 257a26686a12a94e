using System.Collections.Immutable;
using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects;

/// <summary>
/// The rows that a statedb-writer stores: keys first, then the fields of its output, under their names in the database.
/// </summary>
/// <param name="Schema">The rows' schema.</param>
/// <param name="Sources">By field: index in the window's schema.</param>
/// <param name="Indexes">Secondary indexes: name, and fields of the rows.</param>
public sealed record StateDbTable(
    Schema Schema, ImmutableArray<int> Sources, ImmutableArray<(string Name, ImmutableArray<int> Fields)> Indexes)
{
    /// <summary>The writers of a database's prefix, in the order of the model, with their queries.</summary>
    public static IEnumerable<(ContinuousQueryDefinition Query, StateDbWriterWindowDefinition Window)> WritersOf(
        ProjectDefinition project, StateDbDefinition database, string prefix) =>
        from query in project.ContinuousQueries
        from window in query.Windows.OfType<StateDbWriterWindowDefinition>()
        where window.Prefix == prefix && window.Database.IsSame(database)
        select (query, window);

    /// <summary>The rows of a writer that has a schema.</summary>
    /// <param name="window">The writer.</param>
    /// <param name="report">Told what is wrong.</param>
    /// <returns>Null: something was reported.</returns>
    public static StateDbTable? Create(StateDbWriterWindowDefinition window, Action<TextPosition, string> report)
    {
        var schema = window.Schema ?? throw new ArgumentException("The window has no schema.", nameof(window));
        var isFine = true;
        void Report(TextPosition position, string message)
        {
            isFine = false;
            report(position, message);
        }

        var selected = window.Output.IsEmpty
            ? [.. schema.Fields.Select(f => new StateDbField(f.Name, f.Name, window.Position))]
            : window.Output;
        foreach (var field in selected.Where(f => schema.IndexOf(f.Name) < 0))
        {
            Report(field.Position, $"The window has no field '{field.Name}'.");
        }

        var stored = schema.KeyIndexes
            .Select(k => selected.FirstOrDefault(s => s.Name == schema.Fields[k].Name)
                ?? new StateDbField(schema.Fields[k].Name, schema.Fields[k].Name, window.Position))
            .Concat(selected.Where(s => schema.IndexOf(s.Name) is >= 0 and var at && !schema.Fields[at].IsKey)).ToList();
        foreach (var twice in stored.Where((f, i) => stored.FindIndex(o => o.DbName == f.DbName) < i))
        {
            Report(twice.Position, $"Two fields are stored as '{twice.DbName}'; give each a db-name of its own.");
        }

        var indexes = ImmutableArray.CreateBuilder<(string, ImmutableArray<int>)>();
        foreach (var index in window.Indexes)
        {
            var fields = index.Fields.Select(name => stored.FindIndex(s => s.DbName == name) is >= 0 and var at
                ? at : stored.FindIndex(s => s.Name == name)).ToImmutableArray();
            indexes.Add((index.Name, fields));
            if (fields.IndexOf(-1) is >= 0 and var missing)
            {
                Report(index.Position, $"Secondary index '{index.Name}' names field '{index.Fields[missing]}', which is not stored.");
            }
        }

        if (!isFine)
        {
            return null;
        }

        ImmutableArray<int> sources = [.. stored.Select(s => schema.IndexOf(s.Name))];
        return new StateDbTable(
            new Schema(stored.Select((s, i) => schema.Fields[sources[i]] with { Name = s.DbName })), sources, indexes.ToImmutable());
    }
}
