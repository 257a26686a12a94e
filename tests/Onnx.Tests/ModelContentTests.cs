using System.Globalization;
using Lockstep.Engine.Models;
using Lockstep.TestKit;

namespace Lockstep.Onnx.Tests;

/// <summary>Files that somebody made by hand or broke: each loads, or is refused with a sentence, and none ends the process.</summary>
public sealed class ModelContentTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_changed_file_loads_or_is_refused_with_a_sentence(int seed)
    {
        var random = new Random(seed);
        var file = OnnxFile.Linear([1, 2, 3], 4).ToBytes();
        var runtime = new OnnxModelRuntime();
        var (loaded, refused) = (0, 0);
        for (var i = 0; i < 300; i++)
        {
            var changed = file.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                runtime.Load(random.Next(4) == 0 ? changed[..random.Next(changed.Length)] : changed);
                loaded++;
            }
            catch (ModelException error)
            {
                refused++;
                Assert.True(error.Message.EndsWith('.') && !error.Message.Contains('\n'), $"Seed {seed}, case {i}: {error.Message}");
            }
        }

        Assert.True(loaded > 0 && refused > 0, string.Create(CultureInfo.InvariantCulture, $"{loaded} loaded, {refused} refused"));
    }

    [Fact]
    public void Graphs_in_graphs_without_end_are_refused()
    {
        var graph = new OnnxFile().Input<bool>("x", 1).Output<bool>("x", 1);
        for (var depth = 0; depth < 60; depth++)
        {
            graph = new OnnxFile().Node("If", ["x"], ["x"], new Dictionary<string, object> { ["then_branch"] = graph });
        }

        var error = Assert.Throws<ModelException>(() => new OnnxModelRuntime().Load(graph.ToBytes()));
        Assert.Contains("more than 100 deep", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, "")]
    [InlineData("", 2, null)]
    [InlineData("3", 3, "3")]
    [InlineData("3", 2, null)]
    [InlineData("-1", 5, "5")]
    [InlineData("-1,3", 3, "1,3")]
    [InlineData("-1,3", 6, null)]
    [InlineData("-1,-1", 6, "1,6")]
    [InlineData("-1,-1,2", 6, "1,3,2")]
    [InlineData("-1,-1,2", 5, null)]
    [InlineData("2,-1", 6, "2,3")]
    [InlineData("-1,-1,-1", 6, null)]
    [InlineData("-1,-1", 0, null)]
    [InlineData("0,2", 0, "0,2")]
    public void Values_fill_a_tensor_by_its_open_dimension(string dimensions, int count, string? expected)
    {
        var tensor = new ModelTensor("t", "float32", [.. dimensions.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number)]);
        Assert.Equal(expected, tensor.ShapeFor(count) is { } shape ? string.Join(',', shape) : null);

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }
}
