namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads and writes what is peculiar to union, remove-state and counter windows. Names are set by the caller.</summary>
internal static class FlowXml
{
    private static readonly char[] Blanks = [' ', ',', '\t', '\r', '\n'];

    private static readonly (string Name, RemovedEvents Events)[] Removed =
    [
        ("inserts", RemovedEvents.Inserts),
        ("updates", RemovedEvents.Updates),
        ("deletes", RemovedEvents.Deletes),
        ("retentionUpdates", RemovedEvents.RetentionUpdates),
        ("retentionDeletes", RemovedEvents.RetentionDeletes),
        ("updateBlockDeletes", RemovedEvents.UpdateBlockDeletes),
    ];

    public static UnionWindowDefinition ReadUnion(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new UnionWindowDefinition { Name = "", IsStrict = scope.Flag(element, "strict", path, defaultValue: true) };
    }

    public static RemoveStateWindowDefinition ReadRemoveState(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        var remove = RemovedEvents.None;
        foreach (var word in (scope.Attribute(element, "remove", path) ?? "").Split(Blanks, StringSplitOptions.RemoveEmptyEntries))
        {
            var known = Array.Find(Removed, r => r.Name.Equals(word, StringComparison.OrdinalIgnoreCase));
            remove |= known.Events;
            if (known.Name is null)
            {
                scope.Error(ProblemCode.InvalidValue, path, element.Position,
                    $"Attribute remove names '{word}'; known are {string.Join(", ", Removed.Select(r => r.Name))}.");
            }
        }

        return new RemoveStateWindowDefinition
        {
            Name = "",
            Remove = remove,
            AddLogFields = scope.Flag(element, "add-log-fields", path),
        };
    }

    public static CounterWindowDefinition ReadCounter(ModelElement element, ReadScope scope, string path)
    {
        WindowXml.WarnUnknown(element, scope, path);
        return new CounterWindowDefinition
        {
            Name = "",
            CountInterval = ReadInterval(element, "count-interval", scope, path) ?? TimeSpan.FromSeconds(1),
            ClearInterval = ReadInterval(element, "clear-interval", scope, path),
        };
    }

    /// <summary>Writes the attributes that are the kind's own.</summary>
    public static void WriteAttributes(WindowDefinition window, CanonicalWriter to)
    {
        switch (window)
        {
            case UnionWindowDefinition union:
                to.Attribute("strict", union.IsStrict ? "true" : "false");
                break;
            case RemoveStateWindowDefinition removes:
                var names = Removed.Where(r => removes.Remove.HasFlag(r.Events)).Select(r => r.Name);
                to.Attribute("remove", removes.Remove == RemovedEvents.None ? null : string.Join(' ', names));
                to.Flag("add-log-fields", removes.AddLogFields);
                break;
            case CounterWindowDefinition counter:
                to.Attribute("count-interval", DurationText.Format(counter.CountInterval));
                to.Attribute("clear-interval", counter.ClearInterval is { } clear ? DurationText.Format(clear) : null);
                break;
        }
    }

    /// <summary>A duration above 0; null when the attribute is not there or, which is reported, wrong.</summary>
    public static TimeSpan? ReadInterval(ModelElement element, string name, ReadScope scope, string path)
    {
        if (scope.Attribute(element, name, path) is not { Length: > 0 } text)
        {
            return null;
        }

        if (DurationText.TryParse(text, out var interval) && interval > TimeSpan.Zero)
        {
            return interval;
        }

        scope.Error(ProblemCode.InvalidValue, path, element.Position,
            $"Attribute {name}='{text}' must be a duration above 0, as in '5 seconds'.");
        return null;
    }
}
