using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>What geofence windows read from a model, the schema that they make, and the rules about them.</summary>
public sealed class GeofenceXmlTests
{
    private static string Model(
        string options = "", string geometry = "x-fieldname='lon' y-fieldname='lat'", string position = "x-fieldname='x' y-fieldname='x'",
        string output = "geoid-fieldname='geo'", string edges = "<edge source='s t' target='g'/>", string keys = "name*:string") => Small.Query(
        $"""
        <window-source name='t'><schema-string>{keys},lon:double,lat:double,area:string,at:date</schema-string></window-source>
        <window-geofence name='g'><geofence {options}/><geometry {geometry}/><position {position}/><output {output}/></window-geofence>
        """, edges);

    private static GeofenceWindowDefinition Read(string model)
    {
        var read = ProjectXmlReader.Read(model);
        Assert.Empty(read.Problems);
        return read.Project!.ContinuousQueries[0].Windows.OfType<GeofenceWindowDefinition>().Single();
    }

    [Fact]
    public void Attributes_have_defaults_and_the_second_edge_brings_geometries()
    {
        var window = Read(Model());

        Assert.Equal("id*:int64,x:double,geo:string", $"{window.Schema}");
        Assert.Equal((1000, "", 0.0), (window.Geometry.Radius, window.Geometry.Separator, window.PositionFields.LookupDistance));
        Assert.Equal((false, false, false, false), (window.IsGeographic, window.MultipleResults, window.DistanceToSegment, window.IsWinding));
    }

    [Fact]
    public void The_schema_has_the_named_fields_in_one_order_and_the_event_number_is_a_key() => Assert.Equal(
        "id*:int64,x:double,geo:string,text:string,d:double,kind:string,n*:int64,part:int32,lat:double,at:date",
        $"{Read(Model(
            output: "segmentnumber-fieldname='part' eventnumber-fieldname='n' geotype-fieldname='kind' geodistance-fieldname='d' "
            + "geodesc-fieldname='text' geoid-fieldname='geo' include-geo-fields='lat, at'",
            edges: "<edge source='t' target='g' role='geometry'/><edge source='s' target='g' role='position'/>")).Schema}");

    [Theory]
    [InlineData("", "", false, true)]
    [InlineData("position", "", false, true)]
    [InlineData("", "position", true, false)]
    [InlineData("geometry", "", true, false)]
    public void Roles_win_over_the_order(string first, string second, bool isFirst, bool isSecond) =>
        Assert.Equal([isFirst, isSecond], GeofenceWindowDefinition.GeometryEdges([first, second]));

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { Model("coordinate-type='flat'"), ProblemCode.InvalidValue, "must be cartesian or geographic" },
        { Model("speed='high'"), ProblemCode.UnknownAttribute, "'speed'" },
        { Model(geometry: "radius='-1' x-fieldname='lon' y-fieldname='lat'"), ProblemCode.InvalidValue, "radius='-1'" },
        { Model(geometry: "x-fieldname='lon'"), ProblemCode.InvalidGeofence, "Geometries need data-fieldname" },
        { Model(geometry: "data-fieldname='lon'"), ProblemCode.InvalidGeofence, "'lon' of the geometry input must be a string" },
        { Model(position: "x-fieldname='x' y-fieldname='z'"), ProblemCode.InvalidGeofence, "The position input has no field 'z'" },
        { Model(geometry: "x-fieldname='at' y-fieldname='lat'"), ProblemCode.InvalidGeofence, "'at' of the geometry input must be a number" },
        { Model(output: "geoid-fieldname='x'"), ProblemCode.InvalidSchema, "two fields 'x'" },
        { Model(output: "include-geo-fields='z'"), ProblemCode.InvalidSchema, "include-geo-fields names 'z'" },
        { Model(edges: "<edge source='s' target='g'/>"), ProblemCode.InvalidSchema, "one of positions and one of geometries" },
        { Model(keys: "a*:string,b*:string"), ProblemCode.InvalidSchema, "one key field, the geometry's id" },
        { Model().Replace("<position", "<else", StringComparison.Ordinal), ProblemCode.UnknownElement, "<else>" },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void A_mistake_is_reported_where_it_stands(string model, string code, string message)
    {
        var read = ProjectXmlReader.Read(model);
        var problems = read.Problems.Concat(ProjectValidator.Validate(read.Project!)).ToList();
        Assert.Contains(problems, p => p.Code == code && p.Message.Contains(message, StringComparison.Ordinal) && p.Position.Line > 1);
    }
}
