namespace Lockstep.Engine.Tests.Windows;

/// <summary>The functional window by tables.</summary>
public sealed class FunctionalWindowTests
{
    private static EngineRun Functional(string schema, string children, string source = "") =>
        new(EngineRun.Query($"""
            <window-source name="s" {source}><schema-string>id*:int64,a:double,t:string</schema-string></window-source>
            <window-functional name="f"><schema-string>{schema}</schema-string>{children}</window-functional>
            """, "s>f"));

    private static string Functions(params string[] functions) =>
        $"<function-context><functions>{string.Concat(functions.Select(Function))}</functions></function-context>";

    private static string Function(string text)
    {
        var parts = text.Split('=', 2);
        return $"<function name='{parts[0]}'><![CDATA[{parts[1]}]]></function>";
    }

    [Fact]
    public void Fields_come_from_functions_then_from_the_input_then_are_null()
    {
        var run = Functional("id*:int64,a:double,n:int64,nothing:string", Functions("n=eventCounter()"))
            .Publish("s", "i,n,1,1.5,x", "i,n,2,2.5,y");

        Assert.Equal(["I,N,1,1.5,1,-", "I,N,2,2.5,2,-"], run.Take("f"));
    }

    [Fact]
    public void Functions_run_in_document_order_and_see_earlier_results()
    {
        var run = Functional("id*:int64,x:int32,y:string,z:string,w:double",
            Functions("half=quotient($a,2)", "x=integer(sum($half,10,))", "y=concat($t,'-',$x)", "z=plain words", "w=if(gt($a,2),$a)"))
            .Publish("s", "i,n,1,5,q", "i,n,2,1,r");

        Assert.Equal(["I,N,1,12,q-12,plain words,5", "I,N,2,10,r-10,plain words,-"], run.Take("f"));
    }

    [Fact]
    public void Deletes_carry_stored_values_and_are_not_counted()
    {
        var run = Functional("id*:int64,n:int64", Functions("n=eventCounter()"))
            .Publish("s", "i,n,1,1,x", "i,n,2,1,x", "d,n,1,,", "u,n,2,5,x", "i,n,3,1,x");

        Assert.Equal(["I,N,1,1", "I,N,2,2", "D,N,1,1", "UB,N,2,3", "D,N,2,2", "I,N,3,4"], run.Take("f"));
    }

    [Fact]
    public void Generate_and_opcode_decide_what_leaves()
    {
        var run = Functional("id*:int64,a:double", "<opcode>string('upsert')</opcode><generate>gt($a,1)</generate>")
            .Publish("s", "i,n,1,1,x", "i,n,2,2,x", "u,n,2,3,x");

        Assert.Equal(["I,N,2,2", "UB,N,2,3", "D,N,2,2"], run.Take("f"));
    }

    [Fact]
    public void Generate_without_opcode_tells_by_the_new_values_whether_a_row_stays()
    {
        var run = Functional("id*:int64,a:double", "<generate>gt($a,1)</generate>");
        Assert.Equal(["I,N,1,2"], run.Publish("s", "i,n,1,2,x").Take("f"));
        Assert.Equal(["UB,N,1,3", "D,N,1,2"], run.Publish("s", "u,n,1,3,x").Take("f"));
        Assert.Equal(["D,N,1,3"], run.Publish("s", "u,n,1,0,x").Take("f"));
        Assert.Empty(run.Publish("s", "u,n,1,1,x").Take("f"));
        Assert.Equal(["I,N,1,5"], run.Publish("s", "u,n,1,5,x").Take("f"));
        Assert.Equal(["D,N,1,5"], run.Publish("s", "d,n,1,,").Take("f"));
    }

    [Fact]
    public void Random_values_are_the_same_for_the_same_steps()
    {
        var (one, other) = (Functional("id*:int64,r:double,g:string", Functions("r=random(1,2)", "g=guid()")),
            Functional("id*:int64,r:double,g:string", Functions("r=random(1,2)", "g=guid()")));
        var lines = one.Publish("s", "i,n,1,1,x", "i,n,2,1,x").Take("f");

        Assert.Equal(lines, other.Publish("s", "i,n,1,1,x", "i,n,2,1,x").Take("f"));
        Assert.NotEqual(lines[0][6..], lines[1][6..]);
    }
}
