using System.Collections.Immutable;

namespace Lockstep.Contracts.Events;

/// <summary>The fields of a window's events, in order. Immutable; equal when the fields are equal.</summary>
public sealed class Schema : IEquatable<Schema>
{
    private readonly Dictionary<string, int> _indexes;

    /// <summary>Makes a schema.</summary>
    /// <param name="fields">The fields in the order in which events carry them.</param>
    /// <exception cref="ArgumentException">Two fields have one name.</exception>
    public Schema(IEnumerable<Field> fields)
    {
        Fields = [.. fields];
        _indexes = new Dictionary<string, int>(Fields.Length, StringComparer.Ordinal);
        for (var i = 0; i < Fields.Length; i++)
        {
            if (!_indexes.TryAdd(Fields[i].Name, i))
            {
                throw new ArgumentException($"Field '{Fields[i].Name}' occurs twice.", nameof(fields));
            }
        }

        KeyIndexes = [.. Enumerable.Range(0, Fields.Length).Where(i => Fields[i].IsKey)];
        Id = ComputeId();
    }

    /// <summary>The fields in order.</summary>
    public ImmutableArray<Field> Fields { get; }

    /// <summary>Indexes of the key fields, ascending; empty for a schema without key.</summary>
    public ImmutableArray<int> KeyIndexes { get; }

    /// <summary>64-bit FNV-1a hash of the fields' names, types and key marks: what an event block names its schema by.</summary>
    public ulong Id { get; }

    /// <summary>The index of a field, or -1.</summary>
    public int IndexOf(string name) => _indexes.TryGetValue(name, out var index) ? index : -1;

    /// <inheritdoc/>
    public bool Equals(Schema? other) => other is not null && Fields.SequenceEqual(other.Fields);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Schema);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>The schema-string form: <c>id*:int64,name:string</c>.</summary>
    public override string ToString() =>
        string.Join(',', Fields.Select(f => $"{f.Name}{(f.IsKey ? "*" : "")}:{FieldTypeNames.NameOf(f.Type)}"));

    private ulong ComputeId()
    {
        var hash = 14695981039346656037UL;
        foreach (var b in System.Text.Encoding.UTF8.GetBytes(ToString()))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        return hash;
    }
}
