using System.Xml;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>An XML writer that leaves out what is empty.</summary>
internal sealed class CanonicalWriter(XmlWriter xml, bool resultsOnly)
{
    /// <summary>True to leave out what does not change results.</summary>
    public bool ResultsOnly { get; } = resultsOnly;

    public void Start(string name) => xml.WriteStartElement(name);

    public void End() => xml.WriteEndElement();

    public void Attribute(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            xml.WriteAttributeString(name, value);
        }
    }

    public void Flag(string name, bool value) => Attribute(name, value ? "true" : null);

    public void Text(string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            xml.WriteElementString(name, text);
        }
    }

    public void Expression(string name, ExpressionText? expression) => Text(name, expression?.Text);

    /// <summary>Text in the element that is open.</summary>
    public void Content(string text)
    {
        if (text.Length > 0)
        {
            xml.WriteString(text);
        }
    }

    /// <summary>An element that is written even when empty, since its place counts.</summary>
    public void Named(string element, string? name, string text)
    {
        Start(element);
        Attribute("name", name);
        Content(text);
        End();
    }

    /// <summary>A list of properties in an element of that name; nothing when there is none.</summary>
    public void Properties(string list, IReadOnlyDictionary<string, string> properties)
    {
        if (properties.Count == 0)
        {
            return;
        }

        Start(list);
        foreach (var (name, value) in properties)
        {
            Named("property", name, value);
        }

        End();
    }

    /// <summary>The output of a window: an expression a field, in their order.</summary>
    public void Output(IEnumerable<ExpressionText> expressions)
    {
        Start("output");
        foreach (var expression in expressions)
        {
            Named("field-expr", null, expression.Text);
        }

        End();
    }

    /// <summary>Elements that were written before.</summary>
    public void Raw(string content) => xml.WriteRaw(content);

    public void Initializer(ExpressionInitializer? initializer)
    {
        if (initializer is null)
        {
            return;
        }

        Start("expr-initialize");
        Expression("initializer", initializer.Initializer);
        if (initializer.Functions.Length > 0)
        {
            Start("udfs");
            foreach (var function in initializer.Functions)
            {
                Start("udf");
                Attribute("name", function.Name);
                Attribute("type", function.Type);
                Content(function.Body.Text);
                End();
            }

            End();
        }

        End();
    }
}
