using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Tests.Expressions;

/// <summary>The table of functions of the general language: each example gives the result that the table says.</summary>
public sealed class FunctionTableTests
{
    private static readonly Schema Fields = new([new Field("id", FieldType.Int64, IsKey: true)]);

    public static TheoryData<string, string, string?> Examples() => [.. All().Select(f => (f.Name, f.Example, f.Result))];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_gives_its_result(string name, string example, string? result)
    {
        Assert.Contains(name, example, StringComparison.Ordinal);

        // Inside of a user function, so that parameter() has something to give.
        var initializer = new ExpressionInitializer(null, [new UserFunctionDefinition("f", "string", At(example))]);
        var compiler = new ExpressionCompiler(Fields, initializer);
        var compiled = compiler.Compile(At("f('first')"), ExprType.Text);
        var frame = compiler.CreateFrame();
        frame.Bind(EventCsv.Block(Fields, "i,n,1"), 1_729_154_430_000_000);
        frame.MoveTo(0);
        Assert.Equal(result, compiled.As<string?>()(frame));
    }

    [Fact]
    public void Each_function_says_what_it_is_and_can_be_called()
    {
        foreach (var function in All())
        {
            Assert.EndsWith(".", function.Meaning, StringComparison.Ordinal);
            Assert.True(function.Compile is not null || !function.Methods.IsEmpty, $"{function.Name} has no code.");
            var least = function.Parameters.Split('[')[0].Split(',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length;
            var most = function.Parameters.Split(',', StringSplitOptions.RemoveEmptyEntries).Length;
            var counts = function.Methods.Select(m => m.GetParameters().Count(p => p.ParameterType != typeof(Frame))).Order().ToList();
            Assert.True(counts.Count == 0 || (counts[0] == least && counts[^1] == most),
                $"{function.Name}({function.Parameters}) takes {string.Join(" or ", counts)}.");
        }
    }

    [Theory]
    [InlineData("sleep(1)")]
    [InlineData("raiseevent('a')")]
    [InlineData("username()")]
    [InlineData("dbconnect('a')")]
    public void What_is_refused_says_why(string expression)
    {
        var error = Assert.Throws<ExpressionException>(() => new ExpressionCompiler(Fields, null).Compile(At(expression), ExprType.Text));

        Assert.Equal("LS2105", error.Code);
        Assert.Contains("not supported: ", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<ExpressionFunction> All() =>
        ExpressionFunctions.Groups.SelectMany(g => g.Functions).Concat(RegexValue.All).Concat(ArrayValue.All);

    private static ExpressionText At(string text) => new(text, new TextPosition(1, 1));
}
