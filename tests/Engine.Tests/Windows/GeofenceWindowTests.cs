using System.Globalization;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>The geofence window by tables, and against all geometries looked at one by one.</summary>
public sealed class GeofenceWindowTests
{
    private const string Square = "0 0 10 0 10 10 0 10";

    private static string Model(
        string options = "", string geometry = "", string position = "", string output = "geodistance-fieldname='d'", string attributes = "",
        string edges = "pos>g geo>g") => EngineRun.Query($"""
        <window-source name="pos"><schema-string>id*:string,x:double,y:double,look:double</schema-string></window-source>
        <window-source name="geo"><schema-string>name*:string,lon:double,lat:double,r:double,data:string,type:string,note:string</schema-string>
        </window-source>
        <window-geofence name="g" {attributes}><geofence {options}/>
          <geometry x-fieldname="lon" y-fieldname="lat" data-fieldname="data" radius-fieldname="r" geotype-fieldname="type" {geometry}/>
          <position x-fieldname="x" y-fieldname="y" {position}/><output geoid-fieldname="geo" {output}/></window-geofence>
        """, edges);

    private static string[] Run(string model, string[] geometries, params string[] positions)
    {
        var run = new EngineRun(model);
        run.Publish("geo", geometries).Publish("pos", positions);
        Assert.Empty(run.BadEvents);
        return [.. run.Take("g").Select(l => string.Join(',', l.Split(',').Where((_, i) => i is not (1 or 3 or 4 or 5))))];
    }

    [Fact]
    public void A_circle_is_found_within_its_radius_and_the_nearest_counts()
    {
        string[] circles = ["i,n,a,0,0,5", "i,n,b,4,0,5", "i,n,c,5000,5000,-"];

        Assert.Equal(
            ["I,p,a,1", "I,q,b,1", "I,r,-,-", "I,s,-,-", "I,t,c,900"],
            Run(Model(), circles, "i,n,p,1,0", "i,n,q,5,0", "i,n,r,0,-5.1", "i,n,s,-,0", "i,n,t,5900,5000"));
        Assert.Equal(["I,p,a,2"], Run(Model(), circles, "i,n,p,2,0"));
    }

    [Fact]
    public void A_lookup_distance_finds_circles_that_are_further()
    {
        string[] circles = ["i,n,a,0,0,1", "i,n,b,50,0,1"];

        Assert.Equal(["I,p,a,9", "I,q,-,-"], Run(Model(position: "lookupdistance='10'"), circles, "i,n,p,9,0", "i,n,q,11,0"));
        Assert.Equal(
            ["I,p,b,20", "I,q,a,9", "I,r,-,-"],
            Run(Model(position: "lookupdistance='10' lookupdistance-fieldname='look'"), circles, "i,n,p,30,0,25", "i,n,q,9,0,-", "i,n,r,9,0,5"));
    }

    [Theory]
    [InlineData("", "5 5", "sq,0")]
    [InlineData("", "1 5", "sq,4")]
    [InlineData("", "11 5", "-,-")]
    [InlineData("polygon-compute-distance-to='segment'", "1 5", "sq,-1")]
    [InlineData("polygon-compute-distance-to='segment' proximity-analysis='true'", "12 5", "sq,2")]
    [InlineData("proximity-analysis='true'", "12 5", "sq,7")]
    [InlineData("proximity-analysis='true'", "14 5", "-,-")]
    [InlineData("geofencing-algorithm='winding'", "5 6", "sq,1")]
    public void A_polygon_is_found_inside_it_or_near_it(string options, string at, string expected) => Assert.Equal(
        [$"I,p,{expected}"], Run(Model(options), [$"i,n,sq,,,3,{Square}"], $"i,n,p,{at.Replace(' ', ',')}"));

    [Theory]
    [InlineData("crossing", "1,1", true)]
    [InlineData("crossing", "5,5", false)]
    [InlineData("crossing", "21,1", true)]
    [InlineData("crossing", "15,5", false)]
    [InlineData("winding", "1,1", true)]
    [InlineData("winding", "5,5", true)]
    public void Several_rings_are_holes_or_parts(string algorithm, string at, bool isInside)
    {
        // A square, a smaller one in it that turns the same way, and a second part; blanks are repeated.
        string[] polygon = ["i,n,two,,,1,0  0 10 0   10 10 0 10 0 0  3 3 7 3 7 7 3 7 3 3  20 0 22 0 22 2 20 2"];

        var line = Run(Model($"geofencing-algorithm='{algorithm}'"), polygon, $"i,n,p,{at}")[0];
        Assert.StartsWith(isInside ? "I,p,two" : "I,p,-", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_polyline_is_found_near_it_with_the_number_of_its_segment() => Assert.Equal(
        ["I,p,road,2,polyline,0", "I,q,road,1,polyline,1", "I,r,-,-,-,-", "I,s,dot,0,circle,-"],
        Run(
            Model(output: "geodistance-fieldname='d' geotype-fieldname='t' segmentnumber-fieldname='s'"),
            ["i,n,road,,,3,0 0 10 0 10 10,polyline", "i,n,dot,50,50,3,1 2 3,circle"],
            "i,n,p,5,-2", "i,n,q,11,5", "i,n,r,5,5", "i,n,s,50,50"));

    [Fact]
    public void Distances_on_earth_are_metres_and_longitudes_begin_anew()
    {
        var model = Model("coordinate-type='geographic'", position: "lookupdistance='100'");
        string[] circles = ["i,n,Fawley,-1.3288806,50.8167333,100", "i,n,fiji,179.9999,-17,100", "i,n,pole,0,89.9999,1000"];
        var lines = Run(
            model, circles, "i,n,p,-1.3288806,50.8167333", "i,n,q,-1.33,50.8167333", "i,n,r,-179.9999,-17", "i,n,s,170,89.9999",
            "i,n,t,360,89.9999");

        Assert.Equal(["Fawley", "Fawley", "fiji", "pole", "pole"], lines.Select(l => l.Split(',')[2]));
        double[] expected = [0, 78.65, 21.27, 22.15, 0];
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], double.Parse(lines[i].Split(',')[3], CultureInfo.InvariantCulture), 0.01);
        }
    }

    [Theory]
    [InlineData("", 11119.51, 0.1)]
    [InlineData("strict-projection='true'", 11000.05, 0.1)]
    public void The_distance_to_a_segment_on_earth_is_that_of_a_straight_line_or_a_great_circle(string strict, double expected, double tolerance)
    {
        var lines = Run(
            Model($"coordinate-type='geographic' polygon-compute-distance-to='segment' {strict}"),
            ["i,n,line,,,20000,0 50 1 50,polyline"], "i,n,p,0.5,50.1");

        Assert.Equal(expected, double.Parse(lines[0].Split(',')[3], CultureInfo.InvariantCulture), tolerance);
    }

    [Fact]
    public void Several_results_have_numbers_and_go_when_the_position_moves()
    {
        var options = "output-multiple-results='true'";
        var output = "geodistance-fieldname='d' eventnumber-fieldname='n' geodesc-fieldname='text' include-geo-fields='r type'";
        string[] circles = ["i,n,a,0,0,5,,,first", "i,n,b,3,0,5,,,second", "i,n,c,2,0,1,,,third"];
        var run = new EngineRun(Model(options, "desc-fieldname='note'", output: output));
        run.Publish("geo", circles).Publish("pos", "i,n,p,2,0", "u,n,p,-2,0", "d,n,p", "i,n,q,90,0");

        Assert.Equal(
            [
                "I,N,p,2,0,-,a,first,2,0,5,-", "I,N,p,2,0,-,b,second,1,1,5,-", "I,N,p,2,0,-,c,third,0,2,1,-",
                "UB,N,p,-2,0,-,a,first,2,0,5,-", "D,N,p,2,0,-,a,first,2,0,5,-", "UB,N,p,-2,0,-,b,second,5,1,5,-", "D,N,p,2,0,-,b,second,1,1,5,-",
                "D,N,p,2,0,-,c,third,0,2,1,-",
                "D,N,p,-2,0,-,a,first,2,0,5,-", "D,N,p,-2,0,-,b,second,5,1,5,-", "I,N,q,90,0,-,-,-,-,0,-,-",
            ],
            run.Take("g"));
        var sorted = Run(Model(options + " output-sorted-results='true'", output: output), circles, "i,n,p,2,0");
        Assert.Equal(["c", "b", "a"], sorted.Select(l => l.Split(',')[2]));
    }

    [Fact]
    public void Geometries_change_and_go_by_key_and_positions_follow_by_their_next_event()
    {
        var run = new EngineRun(Model("log-invalid-geometry='true'"));
        run.Publish("geo", "i,n,a,0,0,5", "i,n,bad,,,1,1 2 x").Publish("pos", "i,n,p,1,0");
        run.Publish("geo", "u,n,a,50,0,5").Publish("pos", "u,n,p,1,0").Publish("geo", "p,n,a,1,1,2").Publish("pos", "u,n,p,1,0");
        run.Publish("geo", "d,n,a").Publish("pos", "u,n,p,1,0", "d,n,p");

        Assert.Equal(
            ["I a", "UB -", "D a", "UB a", "D -", "UB -", "D a", "D -"], run.Take("g").Select(l => $"{l.Split(',')[0]} {l.Split(',')[6]}"));
        Assert.Contains("name=bad. 'x' is no coordinate", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Fact]
    public void Roles_say_which_input_is_which()
    {
        var xml = Model(edges: "geo>g pos>g")
            .Replace("source=\"geo\" target=\"g\"", "source=\"geo\" target=\"g\" role=\"geometry\"", StringComparison.Ordinal);
        Assert.Equal(["I,p,a,1"], Run(xml, ["i,n,a,0,0,5"], "i,n,p,1,0"));
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "coordinate-type='geographic' polygon-compute-distance-to='segment'")]
    [InlineData(3, "proximity-analysis='true' polygon-compute-distance-to='segment'")]
    public void The_mesh_finds_what_looking_at_every_geometry_finds(int seed, string options)
    {
        // A position with a lookup distance of its own, larger than that of the window, looks at every geometry.
        var output = "geodistance-fieldname='d' eventnumber-fieldname='n'";
        var model = Model(
            options + " output-multiple-results='true'", position: "lookupdistance='1' lookupdistance-fieldname='look'", output: output);
        var run = new EngineRun(model);
        var random = new Random(seed);
        var scale = options.StartsWith("coord", StringComparison.Ordinal) ? 100_000 : 1;
        string At(double limit) => ((random.NextDouble() * 2 - 1) * limit).ToString("R", CultureInfo.InvariantCulture);
        for (var round = 0; round < 400; round++)
        {
            var name = $"g{random.Next(150)}";
            var size = Math.Pow(10, random.Next(-2, 2));
            var (x, y) = (random.NextDouble() * 360 - 180, random.NextDouble() * 160 - 80);
            run.Publish("geo", random.Next(4) switch
            {
                0 => $"sd,n,{name}",
                1 => string.Create(CultureInfo.InvariantCulture, $"p,n,{name},{x},{y},{size * 3 * scale},,,"),
                2 => string.Create(CultureInfo.InvariantCulture, $"p,n,{name},,,{size * scale},{x} {y} {x + size} {y + size},polyline,"),
                _ => string.Create(CultureInfo.InvariantCulture,
                    $"p,n,{name},,,{size * scale},{x} {y} {x + (size * 5)} {y} {x + size} {y + (size * 5)},,"),
            });
            var (atX, atY) = (At(181), At(85));
            run.Take("g");
            run.Publish("pos", $"i,n,a{round},{atX},{atY},1.0000001", $"i,n,b{round},{atX},{atY},-");
            var lines = run.Take("g").Select(l => l.Split(',')).ToList();
            string[] Of(char which) => [.. lines.Where(f => f[2][0] == which).Select(f => string.Join(',', f[6..]))];
            Assert.Equal(Of('a'), Of('b'));
        }
    }

    [Fact]
    public void A_restored_window_goes_on_as_if_it_had_run()
    {
        var model = Model(
            "output-multiple-results='true'", output: "geodistance-fieldname='d' eventnumber-fieldname='n'", attributes: "index='pi_HASH'");
        var run = new EngineRun(model);
        run.Publish("geo", "i,n,a,0,0,5", $"i,n,sq,,,3,{Square}", "i,n,b,3,0,5", "d,n,a", "p,n,c,1,1,9").Publish("pos", "i,n,p,2,2").Take("g");
        var restored = RestoredRun.Of(run, model);
        foreach (var engine in new[] { run, restored })
        {
            engine.At(5).Publish("pos", "u,n,p,3,1", "i,n,q,9,9").Publish("geo", "d,n,sq").Publish("pos", "u,n,p,3,1").Tick();
        }

        var lines = run.Take("g");
        Assert.Equal(lines, restored.Take("g"));
        Assert.Equal(12, lines.Length);
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
    }
}
