using System.Text;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>An attribute of a model's element with its place.</summary>
internal readonly record struct ModelAttribute(string Name, string Value, TextPosition Position);

/// <summary>An element of a model: XML without names spaces, comments and mixed content, every part with its place.</summary>
internal sealed class ModelElement(string name, TextPosition position)
{
    private StringBuilder? _text;
    private TextPosition _textPosition;

    public string Name { get; } = name;

    public TextPosition Position { get; } = position;

    public List<ModelAttribute> Attributes { get; } = [];

    public List<ModelElement> Children { get; } = [];

    /// <summary>Text and CDATA together as they stand.</summary>
    public string RawText => _text?.ToString() ?? "";

    /// <summary>Where the first character that is not white space stands; the element's place for none.</summary>
    public TextPosition TextPosition => _textPosition.Line == 0 ? Position : _textPosition;

    public ModelElement? Child(string name) => Children.Find(c => c.Name == name);

    public IEnumerable<ModelElement> ChildrenNamed(string name) => Children.Where(c => c.Name == name);

    /// <summary>The children of the first child of that name; none when there is no such child.</summary>
    public IEnumerable<ModelElement> Under(string list, string name) => Child(list)?.ChildrenNamed(name) ?? [];

    public void AppendText(string text, TextPosition start)
    {
        _text ??= new StringBuilder();
        _text.Append(text);
        if (_textPosition.Line != 0)
        {
            return;
        }

        var (line, column) = start;
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                _textPosition = new TextPosition(line, column);
                return;
            }

            (line, column) = c == '\n' ? (line + 1, 1) : (line, column + 1);
        }
    }
}
