using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Tests.Expressions;

/// <summary>
/// The general expression language: values, nulls, conversions, statements, and where errors point.
/// </summary>
public sealed class ExpressionTests
{
    private static readonly Schema Fields = new(
    [
        new Field("id", FieldType.Int64, IsKey: true), new Field("n", FieldType.Int32), new Field("x", FieldType.Double),
        new Field("s", FieldType.String), new Field("nothing", FieldType.Int64), new Field("When", FieldType.Stamp),
        new Field("my field", FieldType.String), new Field("vector", FieldType.ArrayDouble),
    ]);

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("-n + 10", "3")]
    [InlineData("5 / 9 * 9", "5")]
    [InlineData("7 % 4 & '!'", "3!")]
    [InlineData("7 % 0", null)]
    [InlineData("1 / 0", null)]
    [InlineData("nothing + 1", null)]
    [InlineData("s & nothing & 'x'", "helloworldx")]
    [InlineData("n > 5 and x < 3 or false", "1")]
    [InlineData("nothing > 5", null)]
    [InlineData("nothing > 5 and false", "0")]
    [InlineData("nothing > 5 or true", "1")]
    [InlineData("not (nothing > 5)", null)]
    [InlineData("isnull(nothing) and NOT IsNull(n)", "1")]
    [InlineData("n = 7", "1")]
    [InlineData("n <> 7", "0")]
    [InlineData("s == 'helloworld'", "1")]
    [InlineData("'10' > 9", "1")]
    [InlineData("'abc' > 9", "1")]
    [InlineData("9 < '10'", "1")]
    [InlineData("'b' > 'a'", "1")]
    [InlineData("`my field` & \"\"", "quoted")]
    [InlineData("upper(left(s, 5)) & right(s, 2) & mid(s, 2, 3)", "HELLOldell")]
    [InlineData("instr(s, 'wor')", "6")]
    [InlineData("instr(s, 'zzz')", "0")]
    [InlineData("match_string(s, 'hello*') + match_string(s, '*world') + match_string(s, '*low*') + match_string(s, 'hello')", "3")]
    [InlineData("floor(x) & ceil(x) & round(x, 1) & abs(-3) & max(1, 2.5) & min(4, 3)", "232.532.53")]
    [InlineData("tointeger('12.9')", "12")]
    [InlineData("len(trim('  ab '))", "2")]
    [InlineData("isblank(' ')", "1")]
    [InlineData("replace(s, 'o', '0')", "hell0w0rld")]
    [InlineData("inlist(n, 1, 7)", "1")]
    [InlineData("edit_distance('kitten', 'sitting')", "3")]
    [InlineData("formatdate(When, 'YYYY-MM-DD hh:mm:ss')", "2024-10-17 08:40:25")]
    [InlineData("formatdate(todate('2024-10-17') + 1, 'DD/MM/YY')", "18/10/24")]
    [InlineData("round((today() - When) * 86400, 3)", "5")]
    [InlineData("9223372036854775807 + 1", "-9223372036854775808")]
    [InlineData("if n == 7 return 'seven' else return 'other'", "seven")]
    [InlineData("if (n == 1) then return 'one'; else if n == 7 begin return 'seven' end", "seven")]
    [InlineData("if n == 1 return 2", null)]
    [InlineData("private integer i private integer sum sum = 0 for i = 1 to 10 step 3 begin sum = sum + i end return sum", "22")]
    [InlineData("private integer i i = 0 while i < 5 i = i + 1; i", "5")]
    [InlineData("for k = 3 to 1 step -1 begin if k == 2 return k * 100 end", "200")]
    [InlineData("integer c c=0 c = c + 1 // a comment\n /* another */ return c", "1")]
    [InlineData("regex r r.compile('o(w|x)') if r.findfirst(s) return r.matchstart() & '-' & r.substringstart(1)", "5-6")]
    [InlineData("print('x') 4", "4")]
    [InlineData("integer i, j i = 1; j = i + 1 return i & j", "12")]
    [InlineData("integer counter counter=0 counter=counter+1 return counter", "1")]
    [InlineData("string(10) w w = 'x' return w", "x")]
    [InlineData("integer i i = 0 again: i = i + 1 if i < 5 goto again return i", "5")]
    [InlineData("integer i i = 0 label again i = i + 1 if i < 5 begin if true goto again end return i", "5")]
    [InlineData("goto over return 1 over: return 2", "2")]
    [InlineData("call upper(s) call abs(1)", null)]
    [InlineData("if n == 1 return 1 else if n == 2 return 2 else return 3", "3")]
    [InlineData("integer array a a.dim(3) a.set(2, 5) a.set(9, 1) return a.get(2) & isnull(a.get(1)) & isnull(a.get(4)) & a.dim()", "5113")]
    [InlineData("private string array w return aparse('a,b,c', ',', w) & w.get(1) & w.get(3)", "3ac")]
    [InlineData("vector.dim() & vector.get(1) & isnull(vector.get(2)) & vector.get(3)", "31.512.5")]
    [InlineData("isnull(vector.get(0)) & isnull(vector.get(4))", "11")]
    [InlineData("#2024-02-28# + 2", "2024-03-01 00:00:00")]
    [InlineData("#2024-03-01# - #2024-02-28#", "2")]
    [InlineData("When > '2024-10-17 08:40:24' and When < #17-October-2024 08:40:26#", "1")]
    [InlineData("formatdate('2024-10-17', 'DD MMMM YYYY')", "17 October 2024")]
    [InlineData("typeof(When) & typeof(n) & typeof(When - 1) & typeof(When - When)", "dateintegerdatereal")]
    [InlineData("regex r r.compile('l+') integer c c = 0 if r.findfirst(s) begin c = 1 while r.findnext(s) c = c + 1 end return c", "2")]
    [InlineData("regex r return r.compile('(') & r.compile('(?<=a)b')", "00")]
    [InlineData("mid('a😀b', 1, 2)", "a\uFFFD")]
    [InlineData("len(replace(replace(replace(s & s & s & s, 'o', s & s & s & s & s), 'l', s & s & s & s & s), 'h', s & s & s & s & s))",
        "41396")]
    [InlineData("for i = 9223372036854775806 to 9223372036854775807 step 5 begin n end", "7")]
    [InlineData("regex r r.compile('q+') if r.findfirst(s) return 'found'", null)]
    [InlineData("regex r r.compile('l+') r.findfirst(s)", "1")]
    [InlineData("real WHEN WHEN = 1.5 return WHEN & typeof(When)", "1.5date")]
    public void Gives(string expression, string? expected)
    {
        Assert.Equal(expected, Evaluate(expression));
    }

    [Fact]
    public void User_functions_take_arguments_of_any_type_and_see_fields()
    {
        var initializer = new ExpressionInitializer(null,
        [
            new UserFunctionDefinition("add", "double", At("private real r r = parameter(1) + parameter(2) return r")),
            new UserFunctionDefinition("twice", "string", At("parameter(1) & parameter(1) & s")),
        ]);

        Assert.Equal("9.5", Evaluate("add(n, add(1, 1.5))", initializer));
        Assert.Equal("77helloworld", Evaluate("TWICE(n)", initializer));
    }

    [Fact]
    public void Expressions_of_a_window_may_declare_a_name_with_types_of_their_own()
    {
        var compiler = new ExpressionCompiler(Fields, null);
        List<CompiledExpression> compiled =
        [
            compiler.Compile(At("integer r r = 7 return r"), ExprType.Text),
            compiler.Compile(At("regex r r.compile('l+') return r.findfirst(s)"), ExprType.Text),
            compiler.Compile(At("string r r = s return r"), ExprType.Text),
            compiler.Compile(At("integer r return r"), ExprType.Text),
        ];
        var frame = compiler.CreateFrame();
        frame.Bind(EventCsv.Block(Fields, "i,n,1,7,2.5,hello"), 0);
        frame.MoveTo(0);
        Assert.Equal(["7", "1", "hello", "7"], compiled.Select(c => c.As<string?>()(frame)));
        Assert.Equal("LS2103", Assert.Throws<ExpressionException>(() => Evaluate("integer r string r return r")).Code);
    }

    [Theory]
    [InlineData("1 +", "LS2101", 1, 4)]
    [InlineData("n +\n  unknown", "LS2102", 2, 3)]
    [InlineData("nosuch(1)", "LS2104", 1, 1)]
    [InlineData("left(s)", "LS2104", 1, 1)]
    [InlineData("n + 'a' 'b", "LS2101", 1, 9)]
    [InlineData("zz = 1 return zz", "LS2102", 1, 1)]
    [InlineData("regex r return r + 1", "LS2103", 1, 18)]
    [InlineData("goto there", "LS2102", 1, 1)]
    [InlineData("integer i a: i = 1 a: return i", "LS2101", 1, 20)]
    [InlineData("goto inside if n > 1 begin inside: return 1 end", "LS2105", 1, 1)]
    [InlineData("#2024-13-17#", "LS2101", 1, 1)]
    [InlineData("1e999", "LS2101", 1, 1)]
    [InlineData("integer array a a.dim(2) return a", "LS2103", 1, 33)]
    [InlineData("integer array a a = 1", "LS2103", 1, 17)]
    [InlineData("integer array a a.push(1)", "LS2104", 1, 17)]
    [InlineData("s.get(1)", "LS2102", 1, 1)]
    [InlineData("vector.get()", "LS2104", 1, 1)]
    [InlineData("file f return 1", "LS2105", 1, 1)]
    [InlineData("for s2 = 1 to 2 return zzz", "LS2102", 1, 24)]
    [InlineData("(1 + 2", "LS2101", 1, 7)]
    [InlineData("begin return 1", "LS2101", 1, 15)]
    [InlineData("parameter(1)", "LS2104", 1, 1)]
    [InlineData("dq d return 1", "LS2105", 1, 1)]
    public void Errors_carry_code_line_and_column(string expression, string code, int line, int column)
    {
        var error = Assert.Throws<ExpressionException>(() => Evaluate(expression));

        Assert.Equal((code, line, column), (error.Code, error.Position.Line, error.Position.Column));
    }

    [Fact]
    public void A_function_that_calls_itself_and_deep_nesting_are_refused()
    {
        var initializer = new ExpressionInitializer(null, [new UserFunctionDefinition("f", "int32", At("return f()"))]);
        Assert.Equal("LS2105", Assert.Throws<ExpressionException>(() => Evaluate("f()", initializer)).Code);

        var nested = new string('(', 5000) + "1" + new string(')', 5000);
        Assert.Equal("LS2101", Assert.Throws<ExpressionException>(() => Evaluate(nested)).Code);
    }

    [Fact]
    public void Any_text_compiles_or_is_refused_with_a_place()
    {
        const int seed = 99;
        var random = new Random(seed);
        string[] words =
            ["n", "x", "s", "1", "2.5", "'t'", "(", ")", "+", "-", "*", "/", "==", "=", "and", "not", "if", "else", "return",
             "begin", "end", "for", "to", "while", ";", ",", "left", "isnull", "integer", "private", "i", "regex", "r", ".", "parameter"];
        for (var i = 0; i < 1000; i++)
        {
            var text = string.Join(' ', Enumerable.Range(0, random.Next(1, 12)).Select(_ => words[random.Next(words.Length)]));
            try
            {
                new ExpressionCompiler(Fields, null).Compile(At(text), ExprType.Text);
            }
            catch (ExpressionException error)
            {
                Assert.True(error.Position.Line == 1 && error.Position.Column >= 1, $"seed {seed}: {text}: {error.Position}");
            }
        }
    }

    private static ExpressionText At(string text) => new(text, new TextPosition(1, 1));

    private static string? Evaluate(string expression, ExpressionInitializer? initializer = null)
    {
        var block = EventCsv.Block(Fields, "i,n,1,7,2.5,helloworld,,1729154425000000,quoted,[1.5;;2.5]");
        var compiler = new ExpressionCompiler(Fields, initializer);
        var compiled = compiler.Compile(At(expression), ExprType.Text);
        var frame = compiler.CreateFrame();
        frame.Bind(block, 1729154430000000);
        frame.MoveTo(0);
        return compiled.As<string?>()(frame);
    }
}
