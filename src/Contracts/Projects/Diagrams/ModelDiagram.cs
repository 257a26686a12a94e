using System.Globalization;
using System.Text;
using System.Xml;

namespace Lockstep.Contracts.Projects.Diagrams;

/// <summary>
/// Draws a project as SVG: each query one under the other, windows as boxes with kind and name, edges with role and slot.
/// The picture stands for itself, without script, fonts or files beside it. Pure; the same project gives the same text.
/// </summary>
public static class ModelDiagram
{
    private const int BoxWidth = 190, BoxHeight = 54, GapX = 36, GapY = 64, Margin = 24, TitleHeight = 40, MostLetters = 24;

    private const string Style = """
        svg{background:#fff;font-family:"Segoe UI",Helvetica,Arial,sans-serif}
        .box{fill:#fff;stroke:#8a94a3;stroke-width:1.2}
        .bar{stroke:none}
        .name{font-size:13px;font-weight:600;fill:#1c2430}
        .kind{font-size:11px;fill:#5a6472}
        .title{font-size:15px;font-weight:600;fill:#1c2430}
        .edge{fill:none;stroke:#8a94a3;stroke-width:1.4}
        .note{font-size:10px;fill:#5a6472;paint-order:stroke;stroke:#fff;stroke-width:3px}
        """;

    /// <summary>Draws a project.</summary>
    /// <returns>An SVG document.</returns>
    public static string Draw(ProjectDefinition project)
    {
        ArgumentNullException.ThrowIfNull(project);
        var layouts = project.ContinuousQueries.Concat(project.Routers.Select(RouterGraph.Of)).Select(q => (Query: q, Places: GraphLayout.Place(
            [.. q.Windows.Select(w => w.Name)], [.. q.Edges.Select(e => (e.Source, e.Target))]))).ToList();
        var width = (2 * Margin) + layouts.Select(l => WidthOf(Widest(l.Places))).DefaultIfEmpty(BoxWidth).Max();
        var height = Margin + layouts.Sum(l => TitleHeight + HeightOf(l.Places) + Margin);
        var text = new StringBuilder();
        using (var to = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true, NewLineChars = "\n" }))
        {
            to.WriteStartElement("svg", "http://www.w3.org/2000/svg");
            to.WriteAttributeString("viewBox", $"0 0 {S(width)} {S(height)}");
            to.WriteAttributeString("width", S(width));
            to.WriteAttributeString("height", S(height));
            to.WriteAttributeString("role", "img");
            to.WriteElementString("title", project.Name);
            to.WriteElementString("style", Style);
            WriteArrow(to);
            var top = Margin;
            foreach (var (query, places) in layouts)
            {
                WriteText(to, "title", Margin, top + 18, $"{project.Name} / {query.Name}", null);
                WriteQuery(to, query, places, width, top + TitleHeight);
                top += TitleHeight + HeightOf(places) + Margin;
            }

            to.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    private static void WriteQuery(
        XmlWriter to, ContinuousQueryDefinition query, IReadOnlyDictionary<string, GraphPlace> places, int width, int top)
    {
        var sizes = places.Values.GroupBy(p => p.Layer).ToDictionary(g => g.Key, g => g.Count());
        (int X, int Y) At(GraphPlace p) =>
            (((width - WidthOf(sizes[p.Layer])) / 2) + (p.Place * (BoxWidth + GapX)), top + (p.Layer * (BoxHeight + GapY)));
        foreach (var edge in query.Edges.Where(e => places.ContainsKey(e.Source) && places.ContainsKey(e.Target)))
        {
            WriteEdge(to, edge, At(places[edge.Source]), At(places[edge.Target]));
        }

        foreach (var window in query.Windows.DistinctBy(w => w.Name))
        {
            WriteWindow(to, window, At(places[window.Name]));
        }
    }

    private static void WriteEdge(XmlWriter to, EdgeDefinition edge, (int X, int Y) from, (int X, int Y) into)
    {
        var (x1, y1) = (from.X + (BoxWidth / 2), from.Y + BoxHeight);
        var (x2, y2) = (into.X + (BoxWidth / 2), into.Y - 2);
        to.WriteStartElement("path");
        to.WriteAttributeString("class", "edge");
        to.WriteAttributeString("d", $"M{S(x1)} {S(y1)} C{S(x1)} {S(y1 + (GapY / 2))} {S(x2)} {S(y2 - (GapY / 2))} {S(x2)} {S(y2)}");
        to.WriteAttributeString("marker-end", "url(#arrow)");
        to.WriteEndElement();
        var note = string.Join(' ', new[] { edge.Role, edge.Slot is { } slot ? $"slot {S(slot)}" : "" }.Where(t => t.Length > 0));
        if (note.Length > 0)
        {
            WriteText(to, "note", (x1 + x2) / 2, (y1 + y2) / 2, note, "middle");
        }
    }

    private static void WriteWindow(XmlWriter to, WindowDefinition window, (int X, int Y) at)
    {
        to.WriteStartElement("g");
        to.WriteAttributeString("transform", $"translate({S(at.X)},{S(at.Y)})");
        to.WriteElementString("title", Tooltip(window));
        WriteRectangle(to, "box", BoxWidth, null);
        WriteRectangle(to, "bar", 6, ColorOf(window));
        WriteText(to, "name", 18, 22, Clip(window.Name), null);
        WriteText(to, "kind", 18, 40, Clip(KindOf(window)), null);
        to.WriteEndElement();
    }

    private static void WriteRectangle(XmlWriter to, string @class, int width, string? fill)
    {
        to.WriteStartElement("rect");
        to.WriteAttributeString("class", @class);
        to.WriteAttributeString("width", S(width));
        to.WriteAttributeString("height", S(BoxHeight));
        to.WriteAttributeString("rx", "4");
        if (fill is not null)
        {
            to.WriteAttributeString("fill", fill);
        }

        to.WriteEndElement();
    }

    private static void WriteText(XmlWriter to, string @class, int x, int y, string text, string? anchor)
    {
        to.WriteStartElement("text");
        to.WriteAttributeString("class", @class);
        to.WriteAttributeString("x", S(x));
        to.WriteAttributeString("y", S(y));
        if (anchor is not null)
        {
            to.WriteAttributeString("text-anchor", anchor);
        }

        to.WriteString(text);
        to.WriteEndElement();
    }

    private static void WriteArrow(XmlWriter to) => to.WriteRaw(
        "\n  <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">"
        + "<path d=\"M0 0 L8 4 L0 8 Z\" fill=\"#8a94a3\"/></marker></defs>\n");

    private static string KindOf(WindowDefinition window)
    {
        var connectors = window.Connectors
            .GroupBy(c => c.Direction == ConnectorDirection.Publish ? "in" : "out")
            .Select(g => $"{g.Key}: {string.Join(' ', g.Select(c => c.Class).Distinct(StringComparer.Ordinal))}");
        return string.Join(", ", connectors.Prepend(window.Kind));
    }

    private static string Tooltip(WindowDefinition window)
    {
        var lines = new[] { $"{window.Kind} {window.Name}", window.Schema?.ToString(), window.Description };
        return string.Join('\n', lines.Where(t => !string.IsNullOrEmpty(t)));
    }

    private static string ColorOf(WindowDefinition window) => window switch
    {
        UnsupportedWindowDefinition => "#b3261e",
        SourceWindowDefinition => "#2e7d32",
        _ => window.Kind switch
        {
            "filter" or "union" or "copy" or "remove-state" => "#1565c0",
            "aggregate" or "join" or "pattern" or "counter" => "#6a3fb5",
            "calculate" or "train" or "score" => "#b26a00",
            _ => "#00796b",
        },
    };

    private static string Clip(string text) => text.Length <= MostLetters ? text : text[..(MostLetters - 1)] + "…";

    private static int Widest(IReadOnlyDictionary<string, GraphPlace> places) =>
        places.Values.GroupBy(p => p.Layer).Select(g => g.Count()).DefaultIfEmpty(1).Max();

    private static int WidthOf(int boxes) => (boxes * BoxWidth) + ((boxes - 1) * GapX);

    private static int HeightOf(IReadOnlyDictionary<string, GraphPlace> places)
    {
        var layers = places.Values.Select(p => p.Layer).DefaultIfEmpty(0).Max() + 1;
        return (layers * BoxHeight) + ((layers - 1) * GapY);
    }

    private static string S(int number) => number.ToString(CultureInfo.InvariantCulture);
}
