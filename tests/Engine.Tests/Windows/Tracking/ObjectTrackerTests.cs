namespace Lockstep.Engine.Tests.Windows.Tracking;

/// <summary>Object-tracker windows: numbers last from frame to frame, in both methods and both forms of output.</summary>
public sealed class ObjectTrackerTests
{
    private const string Arrays = "id*:int64,n:int32,x:array(dbl),y:array(dbl),w:array(dbl),h:array(dbl),s:array(dbl),l:string";

    private static string Model(string tracker, string output, string schema = Arrays, string input =
        "count='n' x='x' y='y' width='w' height='h' score='s' label='l' coord-type='rect'") => EngineRun.Query($"""
        <window-source name="s" insert-only="true" index="pi_EMPTY"><schema-string>{schema}</schema-string></window-source>
        <window-object-tracker name="t"><tracker {tracker}/><output {output}/><input {input}/></window-object-tracker>
        """, "s>t");

    private static string[] Frames(EngineRun run, params string[] lines)
    {
        foreach (var line in lines)
        {
            run.Publish("s", line);
        }

        return run.Take("t");
    }

    [Theory]
    [InlineData("method='iou'")]
    [InlineData("method='bytetrack'")]
    public void Numbers_last_from_frame_to_frame(string tracker)
    {
        var lines = Frames(new EngineRun(Model(tracker, "mode='array' tracks='5' velocity-vector='true'")),
            "i,n,1,2,[0;100],[0;0],[10;10],[20;20],[0.9;0.8],car",
            "i,n,2,2,[99;1],[0;0],[10;10],[20;20],[0.8;0.9],bus",
            "i,n,3,3,[2;98;50],[0;0;50],[10;10;10],[20;20;20],[0.9;0.8;0.7],car");

        Assert.EndsWith("2,[0;1],car,,[0.9;0.8],[0;100],[0;0],[10;10],[20;20],[0;0],[0;0]", lines[0], StringComparison.Ordinal);
        Assert.Contains(",2,[0;1],", lines[1], StringComparison.Ordinal);
        Assert.Contains(",[1;99],", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",[1;-1;0],[0;0;0]", lines[2], StringComparison.Ordinal);
        Assert.Contains(",3,[0;1;2],", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Bytetrack_finds_again_what_is_unsure_and_where_it_is_expected()
    {
        static string Frame(int id, double x, double score) => FormattableString.Invariant($"i,n,{id},1,[{x}],[0],[10],[10],[{score}],car");
        var run = new EngineRun(Model("method='bytetrack' iou-sigma='0.3'", "mode='array'"));
        foreach (var id in Enumerable.Range(0, 10))
        {
            run.Publish("s", Frame(id, 4 * id, 0.9));
        }

        run.Publish("s", Frame(10, 40, 0.3));
        run.Publish("s", "i,n,11,0,[],[],[],[],[],");
        run.Publish("s", "i,n,12,0,[],[],[],[],[],");
        run.Publish("s", Frame(13, 52, 0.9));
        var lines = run.Take("t");
        Assert.All(lines[..11], l => Assert.Contains(",1,[0],car,", l, StringComparison.Ordinal));
        Assert.Contains(",0,[]", lines[11], StringComparison.Ordinal);
        Assert.Contains(",1,[0],car,", lines[13], StringComparison.Ordinal);
    }

    [Fact]
    public void Wide_output_has_fields_a_track_and_input_may_have_fields_an_object()
    {
        var lines = Frames(new EngineRun(Model("method='iou' max-track-lives='0'", "mode='wide' tracks='2' prefix='T' scale-x='20/10'",
            "id*:int64,o0x:double,o0y:double,o0w:double,o0h:double,o0s:double,o1x:double,o1y:double,o1w:double,o1h:double,o1s:double",
            "x='o%x' y='o%y' width='o%w' height='o%h' score='o%s' coord-type='yolo'")),
            "i,n,1,5,5,10,10,0.9,,,,,", "i,n,2,50,50,10,10,0.9,6,5,10,10,0.4", "i,n,3,5,5,10,10,0.9,50,50,10,10,0.9");

        Assert.EndsWith(",1,0,-,0.9,0,0,20,10,-,-,-,-,-,-,-", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(",1,1,-,0.9,90,45,20,10,-,-,-,-,-,-,-", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",2,1,-,0.9,90,45,20,10,2,-,0.9,0,0,20,10", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("method='iou'")]
    [InlineData("method='bytetrack'")]
    public void Restored_windows_go_on(string tracker)
    {
        var model = Model(tracker, "mode='array' velocity-vector='true'");
        var run = new EngineRun(model);
        Frames(run, "i,n,1,2,[0;100],[0;0],[10;10],[20;20],[0.9;0.8],", "i,n,2,1,[1],[0],[10],[20],[0.8],");
        var restored = RestoredRun.Of(run, model);
        Assert.Equal(Frames(run, "i,n,3,2,[2;97],[1;0],[10;10],[20;20],[0.9;0.8],"), Frames(restored, "i,n,3,2,[2;97],[1;0],[10;10],[20;20],[0.9;0.8],"));
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
    }

    [Fact]
    public void Fields_that_are_not_there_are_named()
    {
        var problems = Lockstep.Engine.Execution.ProjectEngine.Build(EngineRun.Read(Model("", "", input: "x='x' y='why' width='w' height='h'"))).Problems;
        Assert.Contains(problems, p => p.Code == "LS2310" && p.Message.Contains("y='why'", StringComparison.Ordinal)
            && p.Message.Contains("score=''", StringComparison.Ordinal));
    }
}
