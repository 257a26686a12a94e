namespace Lockstep.Engine.Tests.Windows;

/// <summary>The remove-state window by tables.</summary>
public sealed class RemoveStateWindowTests
{
    private static readonly string[] Events = ["i,n,1,a", "u,n,1,b", "i,n,2,c", "i,n,3,d", "d,n,3"];

    private static string Model(string attributes) => EngineRun.Query($"""
        <window-source name="s"><schema-string>id*:int64,v:string</schema-string></window-source>
        <window-copy name="c"><retention type="bycount_sliding">1</retention></window-copy>
        <window-remove-state name="r" {attributes}/>
        """, "s>c c>r");

    [Theory]
    [InlineData("", "I1a UB1b D1a I2c DR1b I3d DR2c D3d")]
    [InlineData("updates", "I1a D1a I2c DR1b I3d DR2c D3d")]
    [InlineData("updateBlockDeletes", "I1a UB1b I2c DR1b I3d DR2c D3d")]
    [InlineData("deletes", "I1a UB1b I2c DR1b I3d DR2c")]
    [InlineData("retentionDeletes", "I1a UB1b D1a I2c I3d D3d")]
    [InlineData("updates deletes retentionUpdates retentionDeletes", "I1a I2c I3d")]
    [InlineData("inserts updates", "D1a DR1b DR2c D3d")]
    public void What_is_named_is_dropped_and_the_rest_is_numbered(string remove, string expected)
    {
        var run = new EngineRun(Model($"remove='{remove}' add-log-fields='true'"));
        foreach (var line in Events)
        {
            run.Publish("s", line);
        }

        var got = run.Take("r").Select(l => l.Split(',')).ToArray();
        Assert.All(got, f => Assert.Equal(("I", "N"), (f[0], f[1])));
        Assert.Equal(Enumerable.Range(1, got.Length).Select(n => $"{n}"), got.Select(f => f[2]));
        Assert.Equal(expected.Split(' '), got.Select(f => f[3] + f[4].Replace("N", "", StringComparison.Ordinal) + f[5] + f[6]));
    }

    [Fact]
    public void Without_log_fields_only_the_number_is_added_and_the_inputs_keys_are_plain_fields()
    {
        var run = new EngineRun(Model("remove='deletes retentionDeletes'")).Publish("s", "i,n,7,a", "u,n,7,");

        Assert.Equal(["I,N,1,7,a", "I,N,2,7,-"], run.Take("r"));
        var schema = run.Engine.SchemaOf(run.Engine.Find("cq", "r"));
        Assert.Equal("eventNumber*:int64,id:int64,v:string", schema.ToString());
    }

    [Fact]
    public void A_restored_window_numbers_on()
    {
        var run = new EngineRun(Model("")).Publish("s", Events);
        var restored = RestoredRun.Of(run, Model(""));

        Assert.Equal(["I,N,9,9,z"], restored.Publish("s", "i,n,9,z").Take("r"));
    }
}
