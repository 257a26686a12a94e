using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Tests.Expressions;

/// <summary>
/// Goal: compiled expressions mean what the language says. Method: random expressions over random rows; values, nulls and errors
/// are compared with those of <see cref="Oracle"/>, which walks the syntax tree.
/// </summary>
public sealed class OracleTests
{
    private const long Now = 1_729_154_430_000_000;
    private static readonly ExprType[] Targets = [ExprType.Integer, ExprType.Real, ExprType.Text, ExprType.Boolean, ExprType.Date];

    private static readonly Schema Fields = new(
    [
        new Field("id", FieldType.Int64, IsKey: true), new Field("n", FieldType.Int32), new Field("x", FieldType.Double), new Field("s",
            FieldType.String),
        new Field("m", FieldType.Money), new Field("d", FieldType.Date), new Field("t", FieldType.Stamp),
    ]);

    private static readonly string[] Names = [.. Fields.Fields.Select(f => f.Name)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Compiled_expressions_give_what_the_tree_says(int seed)
    {
        var expressions = new RandomExpressions(seed, Names);
        var random = new Random(seed);
        var block = EventCsv.Block(Fields, [.. Enumerable.Range(0, 6).Select(i => Row(random, i))]);
        for (var i = 0; i < 400; i++)
        {
            var text = expressions.Next();
            var target = Targets[i % Targets.Length];
            var tree = Parser.Parse(At(text), n => ExpressionCompiler.FieldIndex(Fields, n) >= 0);
            CompiledExpression compiled;
            var compiler = new ExpressionCompiler(Fields, null);
            try
            {
                compiled = compiler.Compile(At(text), target);
            }
            catch (ExpressionException error)
            {
                Assert.Equal((error.Code, error.Position), new Oracle(Fields, compiler.CreateFrame(), _ => null).Check(tree));
                continue;
            }

            for (var row = 0; row < block.Count; row++)
            {
                var frame = Bind(compiler, block, row);
                var oracle = new Oracle(Fields, frame, f => FieldOf(frame, f));
                Assert.True(oracle.Check(tree) is null, $"seed {seed}: not refused: {text}");
                var expected = new Oracle(Fields, frame, f => FieldOf(frame, f)).Evaluate(tree, target);
                var actual = compiled.Evaluate.DynamicInvoke(Bind(compiler, block, row));
                actual = target == ExprType.Date && actual is double days ? new Oracle.Days(days) : actual;
                Assert.True(Equals(expected, actual),
                    $"seed {seed}, row {row}, as {target}: {expected ?? "null"} is not {actual ?? "null"}: {text}");
            }
        }
    }

    [Fact]
    public void Both_give_up_a_loop_without_an_end()
    {
        const string text = "integer i i = 0 while true i = i + 1";
        var compiler = new ExpressionCompiler(Fields, null);
        var evaluate = compiler.Compile(At(text), ExprType.Integer).As<long?>();
        var frame = Bind(compiler, EventCsv.Block(Fields, "i,n,1,,,,,,"), 0);

        Assert.Throws<LoopLimitException>(() => evaluate(frame));
        Assert.Throws<LoopLimitException>(() => new Oracle(Fields, frame, _ => null).Evaluate(Parser.Parse(At(text), _ => false),
            ExprType.Integer));
    }

    private static Frame Bind(ExpressionCompiler compiler, EventBlock block, int row)
    {
        var frame = compiler.CreateFrame();
        frame.Bind(block, Now);
        frame.MoveTo(row);
        return frame;
    }

    private static object? FieldOf(Frame frame, int field) => Fields.Fields[field].Type switch
    {
        FieldType.Int32 or FieldType.Int64 => frame.Integer(field),
        FieldType.Double => frame.Real(field),
        FieldType.Money => frame.Money(field),
        FieldType.Date => frame.Date(field) is { } days ? new Oracle.Days(days) : null,
        FieldType.Stamp => frame.Stamp(field) is { } days ? new Oracle.Days(days) : null,
        _ => frame.Text(field),
    };

    private static string Row(Random random, int id)
    {
        string Maybe(string value) => random.Next(4) == 0 ? "" : value;
        string[] texts = ["abc", "12", "3.5", "a*b?", "TRUE", "2024-10-17 08:40:25", "hello world", "ä😀z", "-7", "x y z y"];
        var real = (random.NextDouble() * Math.Pow(10, random.Next(-3, 12))).ToString("R", CultureInfo.InvariantCulture);
        string[] values =
        [
            $"{random.Next(-100, 100)}", real, texts[random.Next(texts.Length)], $"{random.Next(1000)}.25",
            $"{random.Next(0, 2_000_000_000)}", $"{random.NextInt64(0, 2_000_000_000_000_000)}",
        ];
        return $"i,n,{id},{string.Join(',', values.Select(Maybe))}";
    }

    private static ExpressionText At(string text) => new(text, new TextPosition(1, 1));
}
