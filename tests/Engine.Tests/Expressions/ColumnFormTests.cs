using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Expressions.Columns;
using Lockstep.Engine.Windows.Compute;

namespace Lockstep.Engine.Tests.Expressions;

/// <summary>
/// Goal: an expression gives the same a block at a time as row by row, to the last bit. Method: random numeric expressions over blocks
/// of several lengths with nulls, zeros, limits and what is no number; each value is compared with that of the row's function,
/// which <see cref="OracleTests"/> compares with the language.
/// </summary>
public sealed class ColumnFormTests
{
    private static readonly Schema Fields = new(
    [
        new Field("id", FieldType.Int64, IsKey: true), new Field("n", FieldType.Int32), new Field("x", FieldType.Double),
        new Field("y", FieldType.Double), new Field("s", FieldType.String),
    ]);

    private static readonly double[] RareReals =
    [
        0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.Epsilon, 9.2233720368547758E18,
        -9.2233720368547758E18, 1e300, -1e-300, 4503599627370496, 0.1, -7,
    ];

    private static readonly long[] RareWholes = [0, -1, 1, long.MinValue, long.MaxValue, int.MaxValue + 1L, int.MinValue - 1L, 7];
    private static readonly string[] Operators = ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "and", "or"];

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(63)]
    [InlineData(512)]
    [InlineData(1300)]
    public void Columns_give_what_rows_give(int rows)
    {
        var random = new Random(rows);
        var block = Block(random, rows);
        var withColumns = 0;
        for (var i = 0; i < 300; i++)
        {
            var text = Value(random, 4);
            var type = (i % 4) switch { 0 => FieldType.Int32, 1 => FieldType.Int64, 2 => FieldType.Double, _ => FieldType.String };
            withColumns += type == FieldType.String ? CompareCondition(text, block) : CompareField(text, type, block);
        }

        // Without it a planner that finds nothing would pass.
        Assert.InRange(withColumns, 60, 300);
    }

    [Theory]
    [InlineData("x + y * 2", true)]
    [InlineData("-(x / y) % 3 - n", true)]
    [InlineData("x + abs(y)", false)]
    [InlineData("x + v", false)]
    public void Numbers_of_fields_have_a_column_form(string text, bool has)
    {
        var initializer = new ExpressionInitializer(At("real v v = 1"), []);
        var compiled = new ExpressionCompiler(Fields, initializer).Compile(At(text), ExprType.Real);

        Assert.Equal(has, compiled.Reals is not null);
    }

    [Fact]
    public void Deep_nesting_to_the_right_goes_row_by_row()
    {
        var text = string.Concat(Enumerable.Repeat("(x - ", 40)) + "x" + new string(')', 40);

        Assert.Null(new ExpressionCompiler(Fields, null).Compile(At(text), ExprType.Real).Reals);
    }

    [Fact]
    public void Remainders_are_those_of_the_operator_to_the_last_bit()
    {
        var random = new Random(5);
        var lefts = new double[4096];
        var rights = new double[lefts.Length];
        var results = new double[lefts.Length];
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < lefts.Length; i++)
            {
                rights[i] = Real(random);
                lefts[i] = (i % 4) switch
                {
                    // Whole multiples and their neighbours, where the rounded quotient is one too large.
                    0 => rights[i] * random.Next(1, 1 << random.Next(1, 30)),
                    1 => Math.BitDecrement(rights[i] * random.Next(1, 1 << random.Next(1, 30))),
                    2 => Math.BitIncrement(-rights[i] * random.Next(1, 1 << random.Next(1, 30))),
                    _ => Real(random),
                };
            }

            RemainderColumn.Remainders(lefts, rights, results);

            for (var i = 0; i < lefts.Length; i++)
            {
                Assert.True(SameBits(lefts[i] % rights[i], results[i]),
                    $"{lefts[i]:R} % {rights[i]:R} is {lefts[i] % rights[i]:R}, not {results[i]:R}");
            }
        }
    }

    private static int CompareField(string text, FieldType type, EventBlock block)
    {
        var compiler = new ExpressionCompiler(Fields, null);
        var writer = FieldWriters.Create(compiler, Fields, new Field("r", type), At(text));
        var compiled = new ExpressionCompiler(Fields, null).Compile(At(text), type == FieldType.Double ? ExprType.Real : ExprType.Integer);
        var hasColumns = type == FieldType.Double ? compiled.Reals is not null : compiled.Wholes is not null;
        var frame = compiler.CreateFrame();
        frame.Bind(block, 0);
        var (whole, single) = (Column.Create(type), Column.Create(type));
        writer.WriteAll(block, frame, whole);
        for (var row = 0; row < block.Count; row++)
        {
            frame.MoveTo(row);
            writer.Write(block, frame, single);
            Assert.True(Same(single.GetObject(row), whole.GetObject(row)),
                $"row {row} as {type}: {single.GetObject(row) ?? "null"} is not {whole.GetObject(row) ?? "null"}: {text}");
        }

        return hasColumns ? 1 : 0;
    }

    private static int CompareCondition(string text, EventBlock block)
    {
        var compiler = new ExpressionCompiler(Fields, null);
        var compiled = compiler.Compile(At(text), ExprType.Boolean);
        if (compiled.Condition is not { } condition)
        {
            return 0;
        }

        var frame = compiler.CreateFrame();
        frame.Bind(block, 0);
        var chunk = new RowChunk();
        for (var start = 0; start < block.Count; start += RowChunk.RowsMax)
        {
            chunk.Take(block, start);
            var bits = condition.Bits(chunk).ToArray();
            for (var row = 0; row < chunk.Count; row++)
            {
                frame.MoveTo(start + row);
                var (word, bit) = (row / RowChunk.WordBits, 1UL << row);
                var isDoubtful = (chunk.Doubtful[word] & bit) != 0;
                Assert.True(isDoubtful || compiled.As<bool?>()(frame) == ((bits[word] & bit) != 0), $"row {start + row}: {text}");
            }
        }

        return 1;
    }

    private static string Value(Random random, int depth)
    {
        if (depth == 0 || random.Next(5) == 0)
        {
            return random.Next(6) switch
            {
                0 => random.Next(-3, 9).ToString(CultureInfo.InvariantCulture),
                1 => random.Next(2) == 0 ? "0.5" : "1e12",
                2 => "n",
                3 => "id",
                4 => "x",
                _ => "y",
            };
        }

        return random.Next(9) switch
        {
            0 => $"-({Value(random, depth - 1)})",
            1 => $"(not ({Value(random, depth - 1)}))",
            _ => $"({Value(random, depth - 1)} {Operators[random.Next(Operators.Length)]} {Value(random, depth - 1)})",
        };
    }

    private static EventBlock Block(Random random, int rows)
    {
        var block = new EventBlock(Fields);
        for (var row = 0; row < rows; row++)
        {
            // A stretch without nulls, too.
            var nulls = row is >= 100 and < 200 ? 0 : 8;
            object? Maybe(object value) => nulls > 0 && random.Next(nulls) == 0 ? null : value;
            block.AppendObjects(Opcode.Insert, EventFlags.None, random.Next(6) == 0 ? Pick(random, RareWholes) : random.NextInt64(-1000, 1000),
                Maybe((long)random.Next(-4, 5)), Maybe(Real(random)), Maybe(random.NextDouble() * 100), "a");
        }

        return block;
    }

    private static double Real(Random random) => random.Next(4) switch
    {
        0 => Pick(random, RareReals),
        1 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
        2 => random.Next(-50, 50),
        _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-5, 12)),
    };

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private static bool Same(object? left, object? right) =>
        left is double a && right is double b ? SameBits(a, b) : Equals(left, right);

    // What is no number has many forms, which mean the same.
    private static bool SameBits(double left, double right) =>
        BitConverter.DoubleToInt64Bits(left) == BitConverter.DoubleToInt64Bits(right) || (double.IsNaN(left) && double.IsNaN(right));

    private static ExpressionText At(string text) => new(text, new TextPosition(1, 1));
}
