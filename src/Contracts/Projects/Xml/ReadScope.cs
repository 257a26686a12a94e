using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>What reading one model carries along: tokens and the problems found so far.</summary>
internal sealed class ReadScope
{
    public ReadScope(ProjectReadOptions options)
        : this(options, new TokenReplacer(options.Tokens, options.DefaultTokens), [])
    {
    }

    private ReadScope(ProjectReadOptions options, TokenReplacer tokens, List<Problem> problems) =>
        (Options, Tokens, Problems) = (options, tokens, problems);

    public ProjectReadOptions Options { get; }

    public TokenReplacer Tokens { get; }

    public List<Problem> Problems { get; }

    /// <summary>The same with further values of tokens.</summary>
    public ReadScope With(IReadOnlyDictionary<string, string> tokens) => new(Options, Tokens.With(tokens), Problems);

    public void Error(string code, string path, TextPosition position, string message) =>
        Problems.Add(new Problem(ProblemSeverity.Error, code, path, position, message));

    public void Warn(string code, string path, TextPosition position, string message) =>
        Problems.Add(new Problem(ProblemSeverity.Warning, code, path, position, message));

    /// <summary>An element's text, tokens replaced, trimmed.</summary>
    public string Text(ModelElement element, string path) =>
        Replace(element.RawText, path, element.TextPosition).Trim();

    /// <summary>The text of child description; a name between <c>@</c> without value stays there, for it is read by people.</summary>
    public string? Description(ModelElement element) =>
        element.Child("description") is { } child && Tokens.Replace(child.RawText, unknown: null).Trim() is { Length: > 0 } text ? text : null;

    /// <summary>An element's text with its place.</summary>
    public ExpressionText Expression(ModelElement element, string path) => new(Text(element, path), element.TextPosition);

    /// <summary>An attribute, tokens replaced, trimmed; null when it is not there.</summary>
    public string? Attribute(ModelElement element, string name, string path)
    {
        foreach (var attribute in element.Attributes)
        {
            if (attribute.Name == name)
            {
                return Replace(attribute.Value, path, attribute.Position).Trim();
            }
        }

        return null;
    }

    /// <summary>An attribute with its blanks, tokens replaced; null when it is not there.</summary>
    public string? RawAttribute(ModelElement element, string name, string path)
    {
        var found = element.Attributes.FindIndex(a => a.Name == name);
        return found < 0 ? null : Replace(element.Attributes[found].Value, path, element.Attributes[found].Position);
    }

    /// <summary>An attribute that must be there and not empty; an empty text and a problem otherwise.</summary>
    public string Required(ModelElement element, string name, string path)
    {
        var value = Attribute(element, name, path);
        if (string.IsNullOrEmpty(value))
        {
            Error(ProblemCode.Missing, path, element.Position, $"Element <{element.Name}> needs attribute '{name}'.");
            return "";
        }

        return value;
    }

    /// <summary>A true or false attribute.</summary>
    public bool Flag(ModelElement element, string name, string path, bool defaultValue = false)
    {
        var value = Attribute(element, name, path);
        switch (value?.ToUpperInvariant())
        {
            case null or "": return defaultValue;
            case "TRUE" or "1" or "YES": return true;
            case "FALSE" or "0" or "NO": return false;
            default:
                Error(ProblemCode.InvalidValue, path, element.Position, $"Attribute {name}='{value}' must be true or false.");
                return defaultValue;
        }
    }

    /// <summary>A whole-number attribute of at least <paramref name="least"/>.</summary>
    public int? Number(ModelElement element, string name, string path, int least)
    {
        var value = Attribute(element, name, path);
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        if (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least)
        {
            return number;
        }

        Error(ProblemCode.InvalidValue, path, element.Position,
            $"Attribute {name}='{value}' must be a whole number of at least {least.ToString(CultureInfo.InvariantCulture)}.");
        return null;
    }

    /// <summary>Warns of attributes that are in neither list.</summary>
    public void WarnUnknownAttributes(ModelElement element, string path, params ReadOnlySpan<string> known)
    {
        foreach (var attribute in element.Attributes)
        {
            if (!known.Contains(attribute.Name))
            {
                Warn(ProblemCode.UnknownAttribute, path, attribute.Position,
                    $"Attribute '{attribute.Name}' of <{element.Name}> is not known and ignored.");
            }
        }
    }

    /// <summary>Warns of child elements that are not in the list; description and metadata may stand anywhere.</summary>
    public void WarnUnknownElements(ModelElement element, string path, params ReadOnlySpan<string> known)
    {
        foreach (var child in element.Children)
        {
            if (child.Name is not ("description" or "metadata") && !known.Contains(child.Name))
            {
                Warn(ProblemCode.UnknownElement, path, child.Position,
                    $"Element <{child.Name}> in <{element.Name}> is not known and ignored.");
            }
        }
    }

    /// <summary>The text of a child, null when there is none or it is empty.</summary>
    public string? ChildText(ModelElement element, string name, string path) =>
        element.Child(name) is { } child && Text(child, path) is { Length: > 0 } text ? text : null;

    private string Replace(string text, string path, TextPosition position) =>
        Tokens.Replace(text, token => Problems.Add(new Problem(
            Options.TokensRequired ? ProblemSeverity.Error : ProblemSeverity.Warning, ProblemCode.UnknownToken, path, position,
            $"Token @{token}@ has no value; give one in the project's properties or with the deployment.")));
}
