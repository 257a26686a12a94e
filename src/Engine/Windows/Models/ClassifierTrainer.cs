using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>
/// LogisticRegression and SVM: one gradient step an event over centred and scaled variables, each weight with a step of its own (AdaGrad,
/// Duchi et al. 2011). Means and deviations run with the events (Welford 1962); a model has the weights of the plain variables.
/// </summary>
internal sealed class ClassifierTrainer(AlgorithmSetup setup, int width, int ignored, bool isMargin) : ModelTrainer
{
    private const double Rate = 0.5;
    private readonly double _damping = setup.Real("dampingFactor");
    private readonly double _positive = setup.Real("positiveClass");
    private readonly double _hold = 1e-4 / setup.Real("c");
    private readonly double[] _weights = new double[width + 1];
    private readonly double[] _steps = new double[width + 1];
    private readonly double[] _means = new double[width];
    private readonly double[] _squares = new double[width];
    private readonly double[] _scaled = new double[width];
    private double _count;

    public override void Learn(ReadOnlySpan<double> values, double target)
    {
        if (!double.IsFinite(target))
        {
            return;
        }

        Scale(values);
        var sign = target == _positive ? 1 : -1;
        var sum = _weights[width] + Vectors.Dot(_scaled, _weights.AsSpan(0, width));
        var pull = isMargin ? (sign * sum < 1 ? -sign : 0.0) : -sign / (1 + Math.Exp(sign * sum));
        for (var i = 0; i <= width; i++)
        {
            var gradient = i == width ? pull : (pull * _scaled[i]) + (_hold * _weights[i]);
            if (gradient != 0)
            {
                _steps[i] += gradient * gradient;
                _weights[i] -= Rate * gradient / Math.Sqrt(_steps[i]);
            }
        }
    }

    public override TrainedModel Make(long id)
    {
        var plain = new double[width + 1];
        plain[width] = _weights[width];
        for (var i = 0; i < width; i++)
        {
            plain[i] = Deviation(i) is > 0 and var deviation ? _weights[i] / deviation : 0;
            plain[width] -= plain[i] * _means[i];
        }

        // Steps that forget what went before are larger again.
        foreach (ref var step in _steps.AsSpan())
        {
            step *= _damping;
        }

        return new TrainedModel(id, width, plain, []);
    }

    public override ulong Digest() =>
        StateHash.Combine(BitConverter.DoubleToUInt64Bits(_weights[0]), BitConverter.DoubleToUInt64Bits(_weights[^1]));

    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_count);
        NumberLists.WriteNumbers(writer, _weights);
        NumberLists.WriteNumbers(writer, _steps);
        NumberLists.WriteNumbers(writer, _means);
        NumberLists.WriteNumbers(writer, _squares);
    }

    public override void ReadState(SnapshotReader reader)
    {
        _count = reader.ReadDouble();
        NumberLists.ReadNumbers(reader, _weights);
        NumberLists.ReadNumbers(reader, _steps);
        NumberLists.ReadNumbers(reader, _means);
        NumberLists.ReadNumbers(reader, _squares);
    }

    private void Scale(ReadOnlySpan<double> values)
    {
        _count++;
        for (var i = 0; i < width; i++)
        {
            if (i == ignored)
            {
                continue;
            }

            var distance = values[i] - _means[i];
            _means[i] += distance / _count;
            _squares[i] += distance * (values[i] - _means[i]);
            _scaled[i] = Deviation(i) is > 0 and var deviation ? (values[i] - _means[i]) / deviation : 0;
        }
    }

    private double Deviation(int at) => Math.Sqrt(_squares[at] / Math.Max(1, _count));
}
