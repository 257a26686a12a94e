using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>Properties, contexts and event loops of functional windows by tables.</summary>
public sealed class FunctionalLoopTests
{
    private const string Source =
        "<window-source name='s'><schema-string>id*:int64,t:string</schema-string></window-source>";

    private static string Model(string schema, string children, string attributes = "index='pi_EMPTY'") => EngineRun.Query(
        $"{Source}<window-functional name='f' {attributes}><schema-string>{schema}</schema-string>{children}</window-functional>", "s>f");

    private static string Context(params string[] functions) =>
        $"<function-context><functions>{string.Concat(functions.Select(Function))}</functions></function-context>";

    private static string Function(string text)
    {
        var parts = text.Split('=', 2);
        return $"<function name='{parts[0]}'><![CDATA[{parts[1]}]]></function>";
    }

    [Fact]
    public void A_loop_makes_an_event_for_each_part_and_takes_the_rest_from_the_plain_event()
    {
        var run = new EngineRun(Model("id*:string,t:string,v:string,k:string", $"""
            {Context("id=string($id,'-',eventNumber())", "k=plain", "t=")}
            <event-loops>
              <event-loop-regex name='words' data='word'><use-text>$t</use-text><regex group='1'>([a-z]+)=</regex>
                {Context("id=string($id,'-',eventNumber())", "v=$word")}</event-loop-regex>
              <event-loop-regex name='digits' data='digit'><use-text>a1b2</use-text><regex>[0-9]</regex>
                {Context("id=string('d',eventNumber())", "v=$digit", "k=loop")}</event-loop-regex>
            </event-loops>
            """)).Publish("s", "i,n,7,ab=1 c=2");

        // The first loop goes over a result, which is null here; the second one numbers on.
        Assert.Equal(["I,N,7-0,-,-,plain", "I,N,d1,-,1,loop", "I,N,d2,-,2,loop"], run.Take("f"));
    }

    [Fact]
    public void In_a_loop_a_name_is_the_result_before_it()
    {
        var run = new EngineRun(Model("id*:string,t:string", $"""
            <generate>0</generate>
            <event-loops><event-loop-regex name='l' data='c'><use-text>xyz</use-text><regex>.</regex>
            {Context("id=string($id,$c)")}</event-loop-regex></event-loops>
            """)).Publish("s", "i,n,7,q", "i,n,8,r");

        Assert.Equal(["I,N,7x,q", "I,N,7xy,q", "I,N,7xyz,q", "I,N,8x,r", "I,N,8xy,r", "I,N,8xyz,r"], run.Take("f"));
    }

    [Fact]
    public void Xml_and_json_loops_see_the_part_as_context_and_as_text()
    {
        var run = new EngineRun(Model("id*:string,a:string,b:string", $"""
            <function-context><properties><property-xml name='x'>$t</property-xml><property-json name='j'>$t</property-json></properties></function-context>
            <generate>false()</generate>
            <event-loops>
              <event-loop-xml name='e' data='d'><use-xml>#x</use-xml><xpath>//p</xpath>
                {Context("id=eventNumber()", "a=xpath(#_context,'@n')", "b=$d")}</event-loop-xml>
              <event-loop-json name='g' data='d'><use-json>#j</use-json><json>$.l</json>
                {Context("id=eventNumber()", "a=json(#_context,'n')", "b=$d")}</event-loop-json>
            </event-loops>
            """)).Publish("s", "i,n,1,<r><p n='1'>x</p><p/></r>").Publish("s", "i,n,2,{\"l\":[{\"n\":5}]}").Publish("s", "i,n,3,neither");

        Assert.Equal(["I,N,0,1,<p n=\"1\">x</p>", "I,N,1,-,<p />", "I,N,0,5,{\"n\":5}"], run.Take("f"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void Properties_take_fields_before_functions_change_the_name_and_results_after()
    {
        var run = new EngineRun(Model("id*:int64,t:string,a:string,b:string", """
            <function-context>
              <properties><property-list name='l' delimiter=' '>$t</property-list><property-map name='m' outer=';' inner=':'>$u</property-map>
                <property-string name='own'>string(#own,'x')</property-string></properties>
              <functions><function name='t'/><function name='u'>k:v</function><function name='a'>listItem(#l,1)</function>
                <function name='b'>string(mapValue(#m,'k'),#own)</function></functions>
            </function-context>
            """)).Publish("s", "i,n,1,one two");

        Assert.Equal(["I,N,1,-,two,vx"], run.Take("f"));
    }

    [Fact]
    public void A_loop_has_properties_of_its_own_for_each_part()
    {
        var run = new EngineRun(Model("id*:string,a:string", """
            <function-context><properties><property-string name='p'>outer</property-string></properties>
              <expressions><expression name='pair'>[a-z]=[0-9]</expression></expressions></function-context>
            <generate>0</generate>
            <event-loops><event-loop-regex name='l' data='d'><use-text>a=1,b=2</use-text><regex>#pair</regex>
              <function-context><properties><property-list name='p' delimiter='='>$d</property-list></properties>
              <functions><function name='id'>listItem(#p,0)</function><function name='a'>listItem(#p,1)</function></functions></function-context>
            </event-loop-regex></event-loops>
            """)).Publish("s", "i,n,1,x");

        Assert.Equal(["I,N,a,1", "I,N,b,2"], run.Take("f"));
    }

    [Fact]
    public void With_rows_an_update_keeps_its_halves_together_and_its_loops_follow()
    {
        var model = Model("id*:string,t:string", $"""
            {Context("id=string($id)")}
            <event-loops><event-loop-regex name='l' data='d'><use-text>$t</use-text><regex>[a-z]</regex>
            {Context("id=string($id,$d)", "t=$d")}</event-loop-regex></event-loops>
            """, "index='pi_HASH'");
        var run = new EngineRun(model).Publish("s", "i,n,1,a");
        Assert.Equal(["I,N,1,a", "I,N,1a,a"], run.Take("f"));

        run = RestoredRun.Of(run, model).Publish("s", "u,n,1,ab");
        Assert.Equal(["UB,N,1,ab", "D,N,1,a", "UB,N,1a,a", "D,N,1a,a", "I,N,1ab,b"], run.Take("f"));

        run.Publish("s", "d,n,1,");
        Assert.Equal(["D,N,1,ab", "D,N,1a,a", "D,N,1ab,b"], run.Take("f"));
        Assert.Empty(run.BadEvents);
    }

    [Fact]
    public void A_name_that_one_of_several_inputs_has_is_null_for_the_others()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name='a'><schema-string>id*:int64,x:double</schema-string></window-source>
            <window-source name='b'><schema-string>y:int32,id*:int64</schema-string></window-source>
            <window-functional name='f' index='pi_EMPTY'><schema-string>id*:int64,x:double,z:string,w:string</schema-string><function-context><functions>
              <function name='z'>string($x,'/',$y)</function><function name='w'>input()</function></functions></function-context></window-functional>
            """, "a>f b>f")).Publish("a", "i,n,1,2.5").Publish("b", "i,n,7,2");

        Assert.Equal(["I,N,1,2.5,2.5/,a", "I,N,2,-,/7,b"], run.Take("f"));
    }

    [Fact]
    public void Fields_of_another_type_are_converted_and_arrays_are_read()
    {
        var run = new EngineRun(Model("id*:string,t:double,v:array(dbl)", Context("v=[1;;3]"))).Publish("s", "i,n,1,2.50", "i,n,2,x");

        Assert.Equal(["I,N,1,2.5,[1;;3]", "I,N,2,-,[1;;3]"], run.Take("f"));
    }

    [Theory]
    [InlineData("<event-loop-xml name='l'><use-xml>$t</use-xml><xpath>//[</xpath></event-loop-xml>", "LS2207")]
    [InlineData("<event-loop-json name='l'><use-json>$t</use-json><json>a[</json></event-loop-json>", "LS2207")]
    [InlineData("<event-loop-regex name='l'><use-text>$t</use-text><regex>(?=a)</regex></event-loop-regex>", "LS2206")]
    public void A_path_that_cannot_be_read_is_refused(string loop, string code)
    {
        var problem = Assert.Single(ProjectEngine.Build(EngineRun.Read(Model("id*:int64", $"<event-loops>{loop}</event-loops>"))).Problems);
        Assert.Equal(code, problem.Code);
    }

    [Fact]
    public void A_name_without_meaning_is_a_warning()
    {
        var built = ProjectEngine.Build(EngineRun.Read(Model("id*:int64,v:string,w:string", Context("v=$none", "w=#none"))));
        Assert.NotNull(built.Engine);
        Assert.Equal(["LS2203", "LS2205"], built.Problems.Select(p => p.Code));
    }

    [Fact]
    public void Numbers_are_computed_without_garbage()
    {
        var run = new EngineRun(EngineRun.Query("""
            <window-source name='s' insert-only='true' index='pi_EMPTY'><schema-string>id*:int64,a:double</schema-string></window-source>
            <window-functional name='f' index='pi_EMPTY'><schema-string>id*:int64,a:double,b:double,c:int32</schema-string>
            <function-context><functions><function name='b'>sum(product($a,2),diff(10,$id),if(and(gt($a,1),lt($a,5)),round($a),mod($id,3)))</function>
            <function name='c'>between(max($b,$a,3),0,floor($b))</function></functions></function-context></window-functional>
            """, "s>f"));
        var source = run.Engine.Find("cq", "s");
        var block = EventCsv.Block(run.Engine.SchemaOf(source), [.. Enumerable.Range(0, 500).Select(i => $"i,n,{i},{i}.5")]);
        var output = new Nowhere();
        for (var i = 0; i < 20; i++)
        {
            run.Engine.Publish(source, block, output);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            run.Engine.Publish(source, block, output);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
        Assert.Equal(40 * 500 * 2, output.Events);
    }

    private sealed class Nowhere : IWindowOutput
    {
        public int Events { get; private set; }

        public void OnBlock(WindowId window, Contracts.Events.EventBlock block) => Events += block.Count;

        public void OnBadEvent(WindowId window, string message) => Assert.Fail(message);
    }
}
