using Lockstep.TestKit;

namespace Lockstep.Onnx.Tests;

/// <summary>The models of docs/examples/onnx are made here, by logistic regression; with LOCKSTEP_WRITE_PAGES=1 they are written.</summary>
public sealed class ExamplePageTests
{
    [Theory]
    [InlineData("failure.onnx", -9f)]
    [InlineData("stricter.onnx", -7f)]
    public void The_model_of_the_example_is_this_one(string name, float bias)
    {
        var path = Path.Combine(Checkout.Root, "docs/examples/onnx", name);
        var labels = new Dictionary<string, object> { ["to"] = 7L };
        var model = new OnnxFile().Input<float>("features", -1, 2).Weights("weights", [0.1f, 0.5f], 2, 1).Weights("bias", [bias], 1)
            .Node("MatMul", ["features", "weights"], ["weighed"]).Node("Add", ["weighed", "bias"], ["sum"])
            .Node("Sigmoid", ["sum"], ["probability"]).Node("Round", ["probability"], ["nearest"])
            .Node("Cast", ["nearest"], ["label"], labels).Output<float>("probability", -1, 1).Output<long>("label", -1, 1).ToBytes();
        if (Environment.GetEnvironmentVariable("LOCKSTEP_WRITE_PAGES") == "1")
        {
            File.WriteAllBytes(path, model);
        }

        Assert.Equal(model, File.ReadAllBytes(path));
    }
}
