using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Messages;

/// <summary>The fields that an opaque string fills: the first string that is no key, or is one when there is no other; and <c>topic</c>.</summary>
/// <param name="Text">Index of the field for the text.</param>
/// <param name="Topic">Index of the field for the topic; -1 for none.</param>
internal sealed record OpaqueFields(int Text, int Topic)
{
    /// <summary>Finds the fields of a schema; null when it has none for the text.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="name">Name of the field for the text; empty: it is found by its type.</param>
    public static OpaqueFields? Find(Schema schema, string name)
    {
        var topic = schema.IndexOf("topic");
        topic = topic >= 0 && schema.Fields[topic].Type == FieldType.String && name != "topic" ? topic : -1;
        if (name.Length > 0)
        {
            var named = schema.IndexOf(name);
            return named >= 0 && schema.Fields[named].Type == FieldType.String ? new OpaqueFields(named, topic) : null;
        }

        var strings = Enumerable.Range(0, schema.Fields.Length).Where(i => i != topic && schema.Fields[i].Type == FieldType.String).ToList();
        var text = strings.FindIndex(i => !schema.Fields[i].IsKey) is >= 0 and var found ? strings[found] : strings.Count > 0 ? strings[0] : -1;
        return text < 0 ? null : new OpaqueFields(text, topic);
    }
}
