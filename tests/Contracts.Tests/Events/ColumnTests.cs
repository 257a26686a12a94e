using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Tests.Events;

/// <summary>Appending columns to columns gives what appending value by value gives, at every offset of the validity bits.</summary>
public sealed class ColumnTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Appending_all_equals_appending_one_by_one(bool hasNulls)
    {
        const int seed = 5;
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var (whole, single) = (Column.Create(FieldType.Int64, 1), Column.Create(FieldType.Int64, 1));
            for (var part = 0; part < 4; part++)
            {
                var source = Filled(random, random.Next(0, 200), hasNulls);
                whole.AppendAll(source);
                for (var row = 0; row < source.Count; row++)
                {
                    single.AppendFrom(source, row);
                }
            }

            AssertEqual(single, whole, $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public void Rows_are_appended_in_the_order_given()
    {
        var random = new Random(6);
        foreach (var hasNulls in new[] { false, true })
        {
            var source = Filled(random, 100, hasNulls);
            int[] rows = [99, 0, 64, 63, 7, 7];
            var (gathered, single) = (Column.Create(FieldType.Int64), Column.Create(FieldType.Int64));
            gathered.AppendRows(source, rows);
            foreach (var row in rows)
            {
                single.AppendFrom(source, row);
            }

            AssertEqual(single, gathered, "rows");
        }
    }

    [Fact]
    public void Truncating_leaves_no_validity_bit_behind()
    {
        var column = Filled(new Random(7), 130, hasNulls: false);
        column.Truncate(65);
        column.AppendNull();

        Assert.Equal(66, column.Count);
        Assert.False(column.IsNull(64));
        Assert.True(column.IsNull(65));
        Assert.True(column.HasNulls);
    }

    private static Column<long> Filled(Random random, int count, bool hasNulls)
    {
        var column = (Column<long>)Column.Create(FieldType.Int64);
        for (var i = 0; i < count; i++)
        {
            if (hasNulls && random.Next(3) == 0)
            {
                column.AppendNull();
            }
            else
            {
                column.Append(random.Next());
            }
        }

        return column;
    }

    private static void AssertEqual(Column expected, Column actual, string where)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.Equal(expected.HasNulls, actual.HasNulls);
        Assert.True(expected.Validity.SequenceEqual(actual.Validity), where);
        Assert.True(((Column<long>)expected).Values.SequenceEqual(((Column<long>)actual).Values), where);
    }
}
