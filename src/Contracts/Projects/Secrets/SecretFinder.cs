using Lockstep.Contracts.Projects.Xml;

namespace Lockstep.Contracts.Projects.Secrets;

/// <summary>A text of a model of which a part is secret.</summary>
/// <param name="Owner">The element.</param>
/// <param name="Attribute">The attribute; null for the element's text.</param>
/// <param name="Text">The text as it stands.</param>
/// <param name="Parts">The secret parts, in order.</param>
/// <param name="What">Names it for people: <c>property 'mqttpassword'</c>.</param>
internal sealed record SecretPlace(ModelElement Owner, ModelAttribute? Attribute, string Text, List<Range> Parts, string What)
{
    /// <summary>Where the text stands.</summary>
    public TextPosition Position => Attribute?.Position ?? Owner.TextPosition;

    /// <summary>The parts that are no token, not empty and not hidden.</summary>
    public IEnumerable<Range> Literals => Parts.Where(p =>
        Text.AsSpan()[p] is { Length: > 0 } part && !SecretText.IsToken(part) && !part.SequenceEqual(ModelSecrets.Mask));
}

/// <summary>
/// Finds all that is secret in a model: properties and attributes that their definitions mark, what is free to be named by its name,
/// passwords in addresses, and the project's values of tokens that stand for any of these.
/// </summary>
internal sealed class SecretFinder
{
    // A configuration in a property is a document, and may hold no further one.
    private const int MaxNesting = 2;

    private readonly List<SecretPlace> _found = [];
    private readonly Dictionary<string, SecretForm> _tokens = new(StringComparer.Ordinal);
    private readonly List<ModelElement> _ownProperties = [];
    private readonly Stack<ModelElement> _path = new();
    private readonly int _nesting;

    private SecretFinder(int nesting) => _nesting = nesting;

    /// <summary>All secret places below an element.</summary>
    public static List<SecretPlace> In(ModelElement root) => In(root, 0);

    /// <summary>Every place that holds the mask instead of its value.</summary>
    public static IEnumerable<TextPosition> HiddenIn(ModelElement element)
    {
        var own = element.Attributes.Where(a => a.Value.Contains(ModelSecrets.Mask, StringComparison.Ordinal)).Select(a => a.Position)
            .Concat(element.RawText.Contains(ModelSecrets.Mask, StringComparison.Ordinal) ? [element.TextPosition] : []);
        return own.Concat(element.Children.SelectMany(HiddenIn));
    }

    private static List<SecretPlace> In(ModelElement root, int nesting)
    {
        var finder = new SecretFinder(nesting);
        finder.Visit(root, null, null);
        finder.VisitOwnProperties();
        return [.. finder._found.OrderBy(f => f.Position.Line).ThenBy(f => f.Position.Column)];
    }

    private void Visit(ModelElement element, ModelElement? parent, ModelElement? connector)
    {
        connector = element.Name == "connector" ? element : connector;
        foreach (var attribute in element.Attributes)
        {
            var form = SecretTable.OfAttribute(element.Name, attribute.Name);
            Take(element, attribute, attribute.Value, form, $"attribute '{attribute.Name}' of <{element.Name}>");
        }

        if (element.Name == "property" && parent?.Name == "properties" && connector is null && IsProject(element))
        {
            _ownProperties.Add(element);
        }
        else if (element.RawText.Length > 0)
        {
            var name = NameOf(element);
            var form = element.Name switch
            {
                "property" when connector is not null => SecretTable.OfProperty(ClassOf(connector), name),
                "header" when SecretText.IsName(name) => SecretForm.Whole,
                _ => SecretForm.Open,
            };
            Take(element, null, element.RawText, form, $"{element.Name} '{name}'");
        }

        foreach (var child in element.Children)
        {
            _path.Push(element);
            Visit(child, element, connector);
            _path.Pop();
        }
    }

    // The path is of the elements above: properties of the project stand right below it, those of windows deeper.
    private bool IsProject(ModelElement property) =>
        property.Children.Count == 0 && _path.Skip(1).FirstOrDefault()?.Name is "project" or "engine";

    private void VisitOwnProperties()
    {
        // A value may be made of others: the last ones know first what they are.
        foreach (var property in Enumerable.Reverse(_ownProperties))
        {
            var name = NameOf(property);
            var form = _tokens.TryGetValue(name, out var used) ? used : SecretText.IsName(name) ? SecretForm.Whole : SecretForm.Open;
            Take(property, null, property.RawText, form, $"property '{name}' of the project");
        }
    }

    private void Take(ModelElement owner, ModelAttribute? attribute, string text, SecretForm form, string what)
    {
        var parts = form == SecretForm.Document ? InDocument(text) : SecretText.In(text, form);
        if (form is not SecretForm.Open && SecretText.IsToken(text.AsSpan().Trim()))
        {
            Use(text.Trim().Trim('@'), form);
        }

        foreach (var token in parts.SelectMany(p => SecretText.TokensIn(text[p])))
        {
            Use(token, SecretForm.Whole);
        }

        if (parts.Count > 0)
        {
            _found.Add(new SecretPlace(owner, attribute, text, parts, what));
        }
    }

    private void Use(string token, SecretForm form) =>
        _tokens[token] = _tokens.TryGetValue(token, out var before) && before == SecretForm.Whole ? before : form;

    private List<Range> InDocument(string text)
    {
        if (_nesting >= MaxNesting || ModelDocument.Load(text, out _) is not { } inner)
        {
            // What is no document is looked at as text.
            return SecretText.In(text, SecretForm.Open);
        }

        try
        {
            return [.. ModelSecrets.RawParts(text, In(inner, _nesting + 1)).Select(p => p.Where).OrderBy(r => r.Start.Value)];
        }
        catch (FormatException)
        {
            // What cannot be taken apart is secret as a whole.
            return SecretText.In(text, SecretForm.Whole);
        }
    }

    private static string ClassOf(ModelElement connector) => connector.Attributes.Find(a => a.Name == "class").Value?.Trim() ?? "";

    private static string NameOf(ModelElement element) => element.Attributes.Find(a => a.Name == "name").Value?.Trim() ?? "";
}
