using System.Xml.Linq;
using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Projects.Diagrams;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>Places of windows in a picture, and the picture.</summary>
public sealed class DiagramTests
{
    [Fact]
    public void A_window_stands_below_all_its_inputs_and_edges_do_not_cross_without_need()
    {
        var places = GraphLayout.Place(["a", "b", "x", "y", "z"], [("a", "y"), ("b", "x"), ("x", "z"), ("a", "z"), ("no", "z"), ("z", "z")]);
        Assert.Equal((0, 0, 1, 1, 2), (places["a"].Layer, places["b"].Layer, places["x"].Layer, places["y"].Layer, places["z"].Layer));
        Assert.Equal(places["a"].Place < places["b"].Place, places["y"].Place < places["x"].Place);
    }

    [Fact]
    public void A_cycle_and_nothing_at_all_end_too()
    {
        Assert.Equal(3, GraphLayout.Place(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")]).Count);
        Assert.Empty(GraphLayout.Place([], []));
    }

    [Fact]
    public void Every_window_and_edge_of_a_model_is_drawn_and_always_the_same()
    {
        var project = ProjectXmlReader.Read(Small.Everything).Project!;
        var text = ModelDiagram.Draw(project);
        var picture = XDocument.Parse(text).Root!;
        var query = project.ContinuousQueries[0];
        var names = picture.Descendants().Where(e => (string?)e.Attribute("class") == "name").Select(e => e.Value);
        Assert.Equal(query.Windows.Select(w => w.Name), names);
        Assert.Equal(query.Edges.Length, picture.Descendants().Count(e => (string?)e.Attribute("class") == "edge"));
        Assert.Contains(picture.Descendants(), e => e.Value == "slot 1");
        Assert.Equal(text, ModelDiagram.Draw(project));
    }
}
