using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>
/// LinearRegression: sums of products of all variables run, d squared work an event; the weights are solved from them once a model.
/// Variables that do not tell anything new get the weight 0.
/// </summary>
internal sealed class RegressionTrainer : ModelTrainer
{
    private const double Tiny = 1e-12;
    private readonly int _width;
    private readonly int _ignored;
    private readonly double _damping;
    private readonly double[] _products;
    private readonly double[] _sums;

    /// <param name="setup">What the model gives.</param>
    /// <param name="width">Variables of an event.</param>
    /// <param name="ignored">The variable that is the target itself; -1 for none.</param>
    public RegressionTrainer(AlgorithmSetup setup, int width, int ignored)
    {
        const int WidthMax = 2000;
        if (width > WidthMax)
        {
            throw new AlgorithmException($"There are {width} inputs; LinearRegression takes {WidthMax} at most.");
        }

        (_width, _ignored, _damping) = (width, ignored, setup.Real("dampingFactor"));
        (_products, _sums) = (new double[(width + 1) * (width + 1)], new double[width + 1]);
    }

    public override void Learn(ReadOnlySpan<double> values, double target)
    {
        if (!double.IsFinite(target))
        {
            return;
        }

        // The intercept is one more variable, always 1; only the lower half of the products is kept.
        for (var i = 0; i <= _width; i++)
        {
            var one = Value(values, i);
            _sums[i] += one * target;
            var row = _products.AsSpan(i * (_width + 1), i + 1);
            for (var j = 0; one != 0 && j < row.Length; j++)
            {
                row[j] += one * Value(values, j);
            }
        }
    }

    public override TrainedModel Make(long id)
    {
        var model = new TrainedModel(id, _width, Solve(), []);
        for (var i = 0; i < _products.Length && _damping < 1; i++)
        {
            _products[i] *= _damping;
        }

        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i] *= _damping;
        }

        return model;
    }

    public override ulong Digest() =>
        StateHash.Combine(BitConverter.DoubleToUInt64Bits(_sums[0]), BitConverter.DoubleToUInt64Bits(_products[^1]));

    public override void WriteState(SnapshotWriter writer)
    {
        NumberLists.WriteNumbers(writer, _products);
        NumberLists.WriteNumbers(writer, _sums);
    }

    public override void ReadState(SnapshotReader reader)
    {
        NumberLists.ReadNumbers(reader, _products);
        NumberLists.ReadNumbers(reader, _sums);
    }

    private double Value(ReadOnlySpan<double> values, int at) => at == _width ? 1 : at == _ignored ? 0 : values[at];

    // Cholesky from the intercept down, so that it is the variable that always stays.
    private double[] Solve()
    {
        var size = _width + 1;
        var factor = new double[size * size];
        var weights = new double[size];
        double Product(int a, int b) => a >= b ? _products[(a * size) + b] : _products[(b * size) + a];
        int Place(int i) => size - 1 - i;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = Product(Place(i), Place(j)) - Vectors.Dot(factor.AsSpan(i * size, j), factor.AsSpan(j * size, j));
                var pivot = factor[(j * size) + j];
                factor[(i * size) + j] = i == j ? (sum > Tiny * Product(Place(i), Place(i)) ? Math.Sqrt(sum) : 0) : pivot > 0 ? sum / pivot : 0;
            }
        }

        for (var i = 0; i < size; i++)
        {
            var pivot = factor[(i * size) + i];
            weights[i] = pivot > 0 ? (_sums[Place(i)] - Vectors.Dot(factor.AsSpan(i * size, i), weights.AsSpan(0, i))) / pivot : 0;
        }

        for (var i = size - 1; i >= 0; i--)
        {
            var pivot = factor[(i * size) + i];
            var sum = weights[i];
            for (var j = i + 1; j < size; j++)
            {
                sum -= factor[(j * size) + i] * weights[j];
            }

            weights[i] = pivot > 0 ? sum / pivot : 0;
        }

        Array.Reverse(weights);
        return weights;
    }
}
