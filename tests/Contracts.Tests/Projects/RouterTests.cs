using System.Xml.Linq;
using Lockstep.Contracts.Projects;
using Lockstep.Contracts.Projects.Diagrams;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>Routers: read, kept, checked, drawn, and said not to run.</summary>
public sealed class RouterTests
{
    private const string Routers = """
        <esp-routers>
          <esp-router name="desk">
            <esp-engines><esp-engine name="broker" host="localhost" port="5555"/><esp-engine name="store" host="localhost" port="5556"/></esp-engines>
            <esp-destinations>
              <publish-destination name="orders" opcode="insert">
                <filter-func>gt($price,100)</filter-func>
                <publish-target><engine-func>store</engine-func><window-func>orders</window-func></publish-target>
                <event-fields><init><value name="n">0</value></init><fields><field name="id">$id</field></fields></event-fields>
              </publish-destination>
              <writer-destination name="lines" format="csv"><file-func>string(@FOLDER@,'/lines.csv')</file-func></writer-destination>
            </esp-destinations>
            <esp-routes>
              <esp-route name="orders" to="orders, lines"><engine-expr>bro.*</engine-expr><window-expr>orders|trades</window-expr></esp-route>
            </esp-routes>
          </esp-router>
        </esp-routers>
        """;

    private static readonly ProjectReadOptions Options = new() { Tokens = new Dictionary<string, string> { ["FOLDER"] = "out" } };

    [Fact]
    public void A_document_of_routers_alone_is_read_kept_and_refused_by_name()
    {
        var read = ProjectXmlReader.Read($"<engine>{Routers}</engine>", Options);
        Assert.Empty(read.Problems);
        var project = read.Project!;
        Assert.Equal("desk", project.Name);
        var router = Assert.Single(project.Routers);
        Assert.Equal(["broker", "store"], router.Engines.Select(e => e.Name));
        Assert.Equal(["publish-destination", "writer-destination"], router.Destinations.Select(d => d.Kind));
        Assert.Equal(["orders", "lines"], Assert.Single(router.Routes).To);

        var problem = Assert.Single(ProjectValidator.Validate(project));
        Assert.Equal((ProblemCode.RouterNotRun, ProblemSeverity.Error, 2), (problem.Code, problem.Severity, problem.Position.Line));
        Assert.Contains("'desk'", problem.Message, StringComparison.Ordinal);

        var text = ProjectXmlWriter.Write(project);
        Assert.Contains("string(out,'/lines.csv')", text, StringComparison.Ordinal);
        Assert.Equal(text, ProjectXmlWriter.Write(ProjectXmlReader.Read(text).Project!));
    }

    [Fact]
    public void A_router_beside_a_project_is_a_warning_and_no_part_of_its_results()
    {
        var read = ProjectXmlReader.Read($"<engine><projects>{Small.Everything}</projects>{Routers}</engine>", Options);
        var problem = Assert.Single(ProjectValidator.Validate(read.Project!), p => p.Code == ProblemCode.RouterNotRun);
        Assert.Equal(ProblemSeverity.Warning, problem.Severity);
        var text = ProjectXmlWriter.Write(read.Project!);
        Assert.Equal(text, ProjectXmlWriter.Write(ProjectXmlReader.Read(text).Project!));
        Assert.Equal(ProjectDigest.Compute(read.Project! with { Routers = [] }), ProjectDigest.Compute(read.Project!));
    }

    [Fact]
    public void Wrong_ends_and_patterns_of_routes_are_errors_at_their_place()
    {
        const string Text = """
            <engine><esp-routers><esp-router name="r"><esp-destinations><writer-destination name="w"/><writer-destination name="w"/></esp-destinations>
            <esp-routes><esp-route name="a" to="x w">
            <window-expr>(</window-expr></esp-route></esp-routes></esp-router></esp-routers></engine>
            """;
        var problems = ProjectValidator.Validate(ProjectXmlReader.Read(Text).Project!);
        Assert.Equal(
            [(ProblemCode.RouterNotRun, 1), (ProblemCode.DuplicateName, 1), (ProblemCode.UnknownRouteEnd, 2), (ProblemCode.InvalidValue, 3)],
            problems.Select(p => (p.Code, p.Position.Line)));
    }

    [Fact]
    public void The_picture_goes_from_engines_through_routes_to_destinations()
    {
        var project = ProjectXmlReader.Read($"<engine>{Routers}</engine>", Options).Project!;
        var picture = XDocument.Parse(ModelDiagram.Draw(project)).Root!;
        var names = picture.Descendants().Where(e => (string?)e.Attribute("class") == "name").Select(e => e.Value);
        Assert.Equal(["broker", "store", "orders", "orders (publish-destina…", "lines"], names);

        // One engine of two matches, and the route has two ends.
        Assert.Equal(3, picture.Descendants().Count(e => (string?)e.Attribute("class") == "edge"));
    }
}
