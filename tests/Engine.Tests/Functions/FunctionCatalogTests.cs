using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.Functions;

namespace Lockstep.Engine.Tests.Functions;

/// <summary>Goal: the table of functions says the truth. Method: every example is run, and further cases by theme.</summary>
public sealed class FunctionCatalogTests
{
    public static TheoryData<string> Names => [.. FunctionCatalog.Groups.SelectMany(g => g.Entries).Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_example_gives_its_result(string name)
    {
        var entry = FunctionCatalog.Find(name)!;
        Assert.Equal(entry.Result, Evaluate(entry.Example));
        Assert.Contains(entry.Name + "(", entry.Example, StringComparison.Ordinal);
        Assert.True(entry.Meaning.Length > 0 && entry.ArgumentsMin <= entry.ArgumentsMax);
    }

    [Theory]
    [InlineData("plain words, with (parts)", "plain words, with (parts)")]
    [InlineData("it's fine", "it's fine")]
    [InlineData("-2.50", "-2.5")]
    [InlineData("string(bare words , 1 day,-3)", "bare words1 day-3")]
    [InlineData("concat('it''s',\"\"\"x\"\"\")", "it's\"x\"")]
    [InlineData("sum(1,2,)", "3")]
    [InlineData("if (equals(input(),'source'),1)", "1")]
    [InlineData("$unknown", null)]
    [InlineData("#unknown", null)]
    [InlineData("", null)]
    public void Texts_are_read(string body, string? expected) => Assert.Equal(expected, Evaluate(body));

    [Theory]
    [InlineData("ifSome('','x','y')", "y")]
    [InlineData("ifSome(7)", "7")]
    [InlineData("switch('z','a',1,'b',2)", null)]
    [InlineData("interval(30,10,'low',20,'middle')", null)]
    [InlineData("interval($a,10,'low','high')", null)]
    [InlineData("compare('b','a')", "1")]
    [InlineData("compare($a,1)", null)]
    [InlineData("equals($a,$a)", "0")]
    [InlineData("mean($a)", null)]
    [InlineData("round(-0.5)", "-1")]
    [InlineData("round(7)", "7")]
    [InlineData("quotient(1,0)", null)]
    [InlineData("diff($a,1)", null)]
    [InlineData("sum('1','x',2)", "3")]
    [InlineData("max('10',9)", "10")]
    public void Numbers_and_conditions(string body, string? expected) => Assert.Equal(expected, Evaluate(body));

    [Theory]
    [InlineData("substring('abc',-1,2)", "ab")]
    [InlineData("substring('abc',9)", "")]
    [InlineData("substringAfter('abc','x')", "")]
    [InlineData("pad('abc',2)", "abc")]
    [InlineData("pad(7,3)", "7  ")]
    [InlineData("base64Decode('???')", null)]
    [InlineData("base64Decode(base64Encode('héß'))", "héß")]
    [InlineData("urlDecode(urlEncode('a=b c/ü'))", "a=b c/ü")]
    [InlineData("listItem(#colors,2)", "blue")]
    [InlineData("listItem('a,b',1)", "b")]
    [InlineData("listItem('a,b',',',5)", null)]
    [InlineData("listSize('a;b',';')", "2")]
    [InlineData("setContains('x, y','y')", "1")]
    [InlineData("setContains(#states,'ny')", "0")]
    [InlineData("mapValue(#prices,'coffee')", null)]
    [InlineData("string(#colors)", "red,green,blue")]
    public void Text_and_lists(string body, string? expected) => Assert.Equal(expected, Evaluate(body));

    [Theory]
    [InlineData("rgx($t,'[a-z]+ (s)',1)", "s")]
    [InlineData("rgx('a(b)?','a',1)", null)]
    [InlineData("rgx('(','a')", null)]
    [InlineData("rgxMatch(#digits,'1-2')", "1")]
    [InlineData("rgxReplaceAll('10-20',#digits,'$2-$1')", "20-10")]
    [InlineData("rgxReplaceAll(#digits,'10-20','x')", "x")]
    [InlineData("rgxReplace($t,'x','y')", "blue sky")]
    [InlineData("rgxLastToken(',','a,b,c',1)", "b")]
    [InlineData("rgxToken(',','a,b',2)", null)]
    [InlineData("listItem(rgxV('([a-z])=','a=1 b=2',1),1)", "b")]
    public void Regular_expressions(string body, string? expected) => Assert.Equal(expected, Evaluate(body));

    [Theory]
    [InlineData("xpath(#xml,'//item','+')", "tea+milk")]
    [InlineData("xpath(#xml,'item[2]/@n')", "2")]
    [InlineData("xpath(#xml,'o/item')", "tea")]
    [InlineData("xpath(#xml,'count(//item)')", "2")]
    [InlineData("xpath(#xml,'//none')", null)]
    [InlineData("xpath(#xml,'//[')", null)]
    [InlineData("xpath(#xml,'//p:item')", null)]
    [InlineData("xpath('<r xmlns:p=\"u\"><p:a>1</p:a></r>','p:a')", "1")]
    [InlineData("xpath('<!DOCTYPE r [<!ENTITY e \"x\">]><r>&e;</r>','/r')", null)]
    [InlineData("xpath('no xml','/r')", null)]
    [InlineData("xpath($a,'/r')", null)]
    [InlineData("json(#json,'city')", "Cary")]
    [InlineData("json(#json,'$.days[1].max')", "29")]
    [InlineData("json(#json,'days.0')", "{\"max\":31}")]
    [InlineData("json(#json,'days[7].max')", null)]
    [InlineData("json(#json,'days')", "[{\"max\":31},{\"max\":29}]")]
    [InlineData("json('{\"a\":1.50,/* c */\"b\":null,}','a')", "1.50")]
    [InlineData("json('{\"a b\":{\"c.d\":true}}','[\"a b\"][\"c.d\"]')", "true")]
    [InlineData("json('{\"a\":null}','a')", null)]
    [InlineData("json('broken','a')", null)]
    public void Documents(string body, string? expected) => Assert.Equal(expected, Evaluate(body));

    [Theory]
    [InlineData("timeParse('2024-05-06 07:08:09')", "1714979289")]
    [InlineData("timeParse('not a time')", null)]
    [InlineData("timeParse('x','%Q')", null)]
    [InlineData("timeString(-1)", "1969-12-31 23:59:59")]
    [InlineData("timeString($a)", null)]
    [InlineData("timeHour()", "7")]
    [InlineData("timeSecondOfDay(timeGmtToLocal(86399))", "86399")]
    [InlineData("timeYear('x')", null)]
    public void Times(string body, string? expected) => Assert.Equal(expected, Evaluate(body));

    [Theory]
    [InlineData("nothing(1)", "LS2202")]
    [InlineData("sum(1", "LS2201")]
    [InlineData("sum(1)x", "LS2201")]
    [InlineData("sum(,1)", "LS2201")]
    [InlineData("'open", "LS2201")]
    [InlineData("not(1,2)", "LS2204")]
    public void A_mistake_has_a_code_and_a_place(string body, string code)
    {
        var problem = Assert.Single(ProjectEngine.Build(EngineRun.Read(Model(body))).Problems);
        Assert.Equal((code, ProblemSeverity.Error), (problem.Code, problem.Severity));
        Assert.True(problem.Position.Line > 1);
    }

    private static string? Evaluate(string body)
    {
        var run = new EngineRun(Model(body)).At(FunctionExamples.StreamTime / 1e6).Publish("source", FunctionExamples.Event);
        Assert.Empty(run.BadEvents);
        var line = Assert.Single(run.Take("f"))["I,N,1,".Length..];
        return line == "-" ? null : line;
    }

    private static string Model(string body) => EngineRun.Query($"""
        <window-source name="source" insert-only="true"><schema-string>{FunctionExamples.Schema}</schema-string></window-source>
        <window-functional name="f"><schema-string>id*:int64,r:string</schema-string><function-context>{FunctionExamples.Properties}
        <functions><function name="r">{System.Security.SecurityElement.Escape(body)}</function></functions></function-context></window-functional>
        """, "source>f");
}
