using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes statedb-writer and statedb-reader windows. Names are set by the caller.</summary>
internal static class StateDbXml
{
    private const int KeepAliveDefault = 60;

    // What patterns of Redis and hash tags of its clusters are made of.
    private static readonly SearchValues<char> NotInPrefix = SearchValues.Create("*?[]\\{}# \t");
    private static readonly string[] ServerAttributes = ["hostname", "port", "username", "cluster"];
    private static readonly SearchValues<char> NotInQuery = SearchValues.Create(" \t<>=!|()'\"");

    public static StateDbWriterWindowDefinition ReadWriter(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        var write = Part("write", element);
        scope.WarnUnknownAttributes(write, path, "prefix", "ttl");
        scope.WarnUnknownElements(write, path, "secondary-indexes");
        return new StateDbWriterWindowDefinition
        {
            Name = "",
            Database = ReadDatabase(element, scope, path),
            Prefix = ReadPrefix(write, scope, path),
            TimeToLive = ReadTimeToLive(write, scope, path),
            Indexes = [.. write.Under("secondary-indexes", "secondary-index").Select(i => ReadIndex(i, scope, path))],
            Output =
            [
                .. from selection in element.Under("output", "field-selection")
                   let name = scope.Required(selection, "name", path)
                   select new StateDbField(
                       name, scope.Attribute(selection, "db-name", path) is { Length: > 0 } stored ? stored : name, selection.Position),
            ],
            HasOwnSchema = element.Child("schema") is not null || element.Child("schema-string") is not null,
        };
    }

    public static StateDbReaderWindowDefinition ReadReader(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        var query = Part("query", element);
        scope.WarnUnknownAttributes(query, path, "prefix", "query");
        var output = element.Under("output", "field-selection").ToList();
        if (output.Count == 0)
        {
            scope.Error(ProblemCode.Missing, path, element.Position, "A statedb-reader needs an <output> with a <field-selection>.");
        }

        return new StateDbReaderWindowDefinition
        {
            Name = "",
            Database = ReadDatabase(element, scope, path),
            Prefix = ReadPrefix(query, scope, path),
            Conditions = ReadConditions(query, scope, path),
            QueryPosition = query.Position,
            Output = [.. output.Select(s => ReadSelection(s, scope, path))],
        };
    }

    public static void Write(StateDbWriterWindowDefinition window, CanonicalWriter to)
    {
        WriteDatabase(window.Database, to);
        to.Start("write");
        to.Attribute("prefix", window.Prefix);
        to.Attribute("ttl", window.TimeToLive is { } time ? DurationText.Format(time) : null);
        if (window.Indexes.Length > 0)
        {
            to.Start("secondary-indexes");
            foreach (var index in window.Indexes)
            {
                to.Start("secondary-index");
                to.Attribute("name", index.Name);
                to.Text("fields", string.Join(',', index.Fields));
                to.End();
            }

            to.End();
        }

        to.End();
        if (window.Output.IsEmpty)
        {
            return;
        }

        to.Start("output");
        foreach (var field in window.Output)
        {
            to.Start("field-selection");
            to.Attribute("name", field.Name);
            to.Attribute("db-name", field.DbName);
            to.End();
        }

        to.End();
    }

    public static void Write(StateDbReaderWindowDefinition window, CanonicalWriter to)
    {
        WriteDatabase(window.Database, to);
        to.Start("query");
        to.Attribute("prefix", window.Prefix);
        to.Attribute("query", string.Join(" and ", window.Conditions.Select(c => $"{c.Field}=={c.DbField}")));
        to.End();
        to.Start("output");
        foreach (var selection in window.Output)
        {
            to.Start("field-selection");
            to.Attribute("source", selection.IsQuery ? "query" : "input");
            to.Attribute("name", selection.Name);
            to.Attribute("aggregate", selection.Aggregate);
            to.End();
        }

        to.End();
    }

    private static StateDbDefinition ReadDatabase(ModelElement window, ReadScope scope, string path)
    {
        var element = Part("statedb", window);
        scope.WarnUnknownAttributes(element, path, "type", "hostname", "port", "username", "password", "cluster", "keep-alive-ping");
        var type = scope.Required(element, "type", path);
        var isRedis = type.Equals("redis", StringComparison.OrdinalIgnoreCase);
        if (!isRedis && type.Length > 0 && !type.Equals("memory", StringComparison.OrdinalIgnoreCase))
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position, $"Attribute type='{type}' is not known; known are memory, redis.");
        }

        var port = scope.Number(element, "port", path, 1) ?? StateDbDefinition.RedisPort;
        if (port > ushort.MaxValue)
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position, $"Attribute port='{port}' is no port: those are 1 to {ushort.MaxValue}.");
        }

        foreach (var name in isRedis ? [] : ServerAttributes.Where(a => scope.Attribute(element, a, path) is { Length: > 0 }))
        {
            scope.Warn(ProblemCode.UnknownAttribute, path, element.Position, $"Attribute '{name}' has no effect with type='memory': there is no server.");
        }

        return new StateDbDefinition(
            isRedis ? StateDbType.Redis : StateDbType.Memory, isRedis ? scope.Required(element, "hostname", path) : "", isRedis ? port : 0)
        {
            UserName = scope.Attribute(element, "username", path) ?? "",
            Password = scope.Attribute(element, StateDbDefinition.Secret.Attribute, path) ?? "",
            IsCluster = scope.Flag(element, "cluster", path),
            KeepAliveSeconds = ReadKeepAlive(element, scope, path),
            Position = element.Position,
        };
    }

    private static void WriteDatabase(StateDbDefinition database, CanonicalWriter to)
    {
        to.Start("statedb");
        to.Attribute("type", database.Type == StateDbType.Redis ? "redis" : "memory");
        to.Attribute("hostname", database.HostName);
        to.Attribute("port", database.Port > 0 ? database.Port.ToString(CultureInfo.InvariantCulture) : null);
        if (!to.ResultsOnly)
        {
            to.Attribute("username", database.UserName);
            to.Attribute(StateDbDefinition.Secret.Attribute, database.Password);
            to.Flag("cluster", database.IsCluster);
            to.Attribute("keep-alive-ping", database.KeepAliveSeconds?.ToString(CultureInfo.InvariantCulture));
        }

        to.End();
    }

    // true, false, or seconds.
    private static int? ReadKeepAlive(ModelElement element, ReadScope scope, string path) =>
        scope.Attribute(element, "keep-alive-ping", path)?.ToUpperInvariant() switch
        {
            null or "" => null,
            "TRUE" => KeepAliveDefault,
            "FALSE" => 0,
            _ => scope.Number(element, "keep-alive-ping", path, 0),
        };

    private static string ReadPrefix(ModelElement element, ReadScope scope, string path)
    {
        var prefix = scope.Required(element, "prefix", path);
        if (prefix.AsSpan().ContainsAny(NotInPrefix))
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position,
                $"Attribute prefix='{prefix}' must have no blanks, brackets, braces or any of * ? # \\.");
        }

        return prefix;
    }

    private static TimeSpan? ReadTimeToLive(ModelElement write, ReadScope scope, string path)
    {
        if (scope.Attribute(write, "ttl", path) is not { Length: > 0 } text)
        {
            return null;
        }

        if (DurationText.TryParse(text, out var time) && time >= TimeSpan.FromMilliseconds(1))
        {
            return time;
        }

        scope.Error(ProblemCode.InvalidValue, path, write.Position,
            $"Attribute ttl='{text}' must be a duration of a millisecond at least, as in '3600' (seconds) or '2 hours'.");
        return null;
    }

    // A text with commas, or an element a field.
    private static StateDbIndex ReadIndex(ModelElement element, ReadScope scope, string path)
    {
        scope.WarnUnknownAttributes(element, path, "name");
        var list = element.Child("fields");
        var fields = list is null ? [] : list.ChildrenNamed("field").Select(f => scope.Required(f, "name", path))
            .Concat(scope.Text(list, path).Split([',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .ToImmutableArray();
        var name = scope.Required(element, "name", path);
        if (fields.IsEmpty)
        {
            scope.Error(ProblemCode.Missing, path, element.Position, $"Secondary index '{name}' names no <fields>.");
        }

        return new StateDbIndex(name, fields, element.Position);
    }

    private static ImmutableArray<StateDbCondition> ReadConditions(ModelElement query, ReadScope scope, string path)
    {
        var text = scope.Required(query, "query", path);
        var conditions = ImmutableArray.CreateBuilder<StateDbCondition>();
        foreach (var part in text.Replace("&&", " and ", StringComparison.Ordinal).Split(" and ", StringSplitOptions.TrimEntries))
        {
            if (text.Length > 0 && part.Split("==", StringSplitOptions.TrimEntries) is [{ Length: > 0 } field, { Length: > 0 } stored]
                && !$"{field}{stored}".AsSpan().ContainsAny(NotInQuery))
            {
                conditions.Add(new StateDbCondition(field, stored));
            }
            else if (text.Length > 0)
            {
                scope.Error(ProblemCode.InvalidStateDb, path, query.Position,
                    $"Query '{text}' must be 'field==DBFIELD', or several of them with 'and' between: a field of the input, then one of the rows.");
                return [];
            }
        }

        return conditions.ToImmutable();
    }

    private static StateDbSelection ReadSelection(ModelElement element, ReadScope scope, string path)
    {
        scope.WarnUnknownAttributes(element, path, "source", "name", "aggregate");
        var source = scope.Required(element, "source", path);
        var aggregate = scope.Attribute(element, "aggregate", path) ?? "";
        if (source.Length > 0 && source is not ("input" or "query"))
        {
            scope.Error(ProblemCode.InvalidValue, path, element.Position, $"Attribute source='{source}' is not known; known are input, query.");
        }

        if (source == "input" && aggregate.Length > 0)
        {
            scope.Error(ProblemCode.InvalidStateDb, path, element.Position, "A field of the input has no aggregate; use source=\"query\".");
        }

        var selection = new StateDbSelection(source == "query", scope.Attribute(element, "name", path) ?? "", aggregate, element.Position);
        return StateDbLookup.IsCount(selection) ? selection : selection with { Name = scope.Required(element, "name", path) };
    }

    // One that is missing is as one without attributes: what it needs is reported at the window.
    private static ModelElement Part(string name, ModelElement window) => window.Child(name) ?? new ModelElement(name, window.Position);
}
