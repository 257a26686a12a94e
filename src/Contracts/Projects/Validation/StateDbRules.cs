namespace Lockstep.Contracts.Projects.Validation;

/// <summary>Rules about statedb windows: a prefix has rows of one form, and readers find what they name.</summary>
internal static class StateDbRules
{
    public static void Check(ProjectDefinition project, ProblemList found)
    {
        foreach (var query in project.ContinuousQueries)
        {
            var inputs = WindowRules.InputsByName(query);
            foreach (var window in query.Windows.Where(w => w.Schema is not null))
            {
                var path = $"{project.Name}/{query.Name}/{window.Name}";
                void Report(TextPosition position, string message) => found.Error(ProblemCode.InvalidStateDb, path, position, message);
                if (window is StateDbWriterWindowDefinition { Prefix.Length: > 0 } writer)
                {
                    CheckWriter(writer, inputs[window.Name].FirstOrDefault(), project, Report);
                }
                else if (window is StateDbReaderWindowDefinition { Prefix.Length: > 0 } reader)
                {
                    CheckReader(reader, inputs[window.Name].FirstOrDefault(), project, path, found);
                }
            }
        }
    }

    private static void CheckWriter(
        StateDbWriterWindowDefinition window, WindowDefinition? input, ProjectDefinition project, Action<TextPosition, string> report)
    {
        foreach (var field in window.HasOwnSchema && input?.Schema is { } from
            ? window.Schema!.Fields.Where(f => from.IndexOf(f.Name) is not (>= 0 and var at) || from.Fields[at].Type != f.Type) : [])
        {
            report(window.Position, $"Field '{field.Name}' of the schema is no field of the input with that type.");
        }

        var table = StateDbTable.Create(window, report);
        var first = StateDbTable.WritersOf(project, window.Database, window.Prefix).First();
        if (!ReferenceEquals(first.Window, window) && table is not null && first.Window.Schema is not null
            && StateDbTable.Create(first.Window, (_, _) => { }) is { } other
            && (!other.Schema.Equals(table.Schema) || first.Window.TimeToLive != window.TimeToLive))
        {
            report(window.Position, $"Window '{first.Query.Name}/{first.Window.Name}' writes prefix '{window.Prefix}' too, with other fields, keys or ttl "
                + $"({other.Schema}); rows of a prefix have one form. Give one of them another prefix.");
        }
    }

    private static void CheckReader(
        StateDbReaderWindowDefinition window, WindowDefinition? input, ProjectDefinition project, string path, ProblemList found)
    {
        void Report(TextPosition position, string message) => found.Error(ProblemCode.InvalidStateDb, path, position, message);
        if (StateDbTable.WritersOf(project, window.Database, window.Prefix).FirstOrDefault() is not { Window: { } writer })
        {
            Report(window.QueryPosition, NoWriter(window));
            return;
        }

        if (input?.Schema is not { } schema || writer.Schema is null || StateDbTable.Create(writer, (_, _) => { }) is not { } table
            || StateDbLookup.Create(window, schema, table.Schema, Report) is not { } lookup)
        {
            return;
        }

        foreach (var (field, _) in window.Schema!.Fields.Zip(lookup.Outputs).Where(o => o.Second is null))
        {
            found.Warn(ProblemCode.FieldWithoutValue, path, window.Position, $"Field '{field.Name}' is not selected; it will always be null.");
        }
    }

    private static string NoWriter(StateDbReaderWindowDefinition window) =>
        $"No statedb-writer of the project writes prefix '{window.Prefix}' to this database ({window.Database}), and a reader sees what the "
        + "project itself has written. Add a writer; rows of others come in by a source window with a connector.";
}
