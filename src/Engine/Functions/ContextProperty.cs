using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Functions;

/// <summary>A property of a function context: text that is made into a list, a map or a document at its first use.</summary>
/// <param name="definition">What the model says; null for one that the runner sets (<c>#_context</c>).</param>
/// <param name="body">Gives the text; null for one that the runner sets.</param>
/// <param name="readsFieldsOnly">True: the text is taken before any function has run.</param>
internal sealed class ContextProperty(ContextPropertyDefinition? definition, FunctionNode? body, bool readsFieldsOnly)
{
    /// <summary>Gives the text; null for one that the runner sets.</summary>
    public FunctionNode? Body => body;

    /// <summary>True: it never changes, so that it is made once.</summary>
    public bool IsConstant => body is ConstantFunction;

    /// <summary>True: the text is taken at the event's start, since functions may change what <c>$name</c> means later.</summary>
    public bool IsEager => readsFieldsOnly && !IsConstant;

    /// <summary>Makes the value from its text. What is no XML or JSON stays text.</summary>
    public Variant Make(Variant text, FunctionFrame frame)
    {
        if (definition is null || text.IsNull)
        {
            return text;
        }

        switch (definition.Kind)
        {
            case ContextPropertyKind.Xml:
                return XmlDocuments.Of(text, frame) is { } xml ? Variant.Of(xml) : text;
            case ContextPropertyKind.Json:
                return JsonPath.Of(text, frame) is { } json ? Variant.Of(json) : text;
            case ContextPropertyKind.Map:
                return Variant.Of(new MapValue(text.ToText()!, definition.Delimiter, definition.InnerDelimiter));
            case ContextPropertyKind.List:
                return text.Context is ListValue ? text : Variant.Of(new ListValue(Items(text), definition.Delimiter));
            case ContextPropertyKind.Set:
                return Variant.Of(new SetValue(Items(text), definition.Delimiter));
            default:
                return text;
        }
    }

    private string[] Items(Variant text)
    {
        var items = text.ToText()!.Split(definition!.Delimiter, StringSplitOptions.TrimEntries);
        return items is [""] ? [] : items;
    }
}
