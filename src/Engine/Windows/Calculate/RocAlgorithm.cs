using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>ROC: counts of events and others by bin of predicted probability, and what follows from them at each cut-off.</summary>
internal sealed class RocAlgorithm : CalculateAlgorithm
{
    private readonly InputPlace _input;
    private readonly InputPlace _response;
    private readonly string _event;
    private readonly double _step;
    private readonly double[] _events;
    private readonly double[] _others;
    private readonly RocOutputs _outputs;

    public RocAlgorithm(AlgorithmSetup setup)
    {
        (_input, _response, _event, _step) = (setup.Input("input"), setup.Input("response"), setup.Text("event"), setup.Real("cutStep"));
        if (_event.Length == 0)
        {
            throw new AlgorithmException("Parameter event is missing: the response that is the event.");
        }

        var bins = Math.Max(1, (int)Math.Ceiling((1 / _step) - 1e-9));
        (_events, _others) = (new double[bins], new double[bins]);
        _outputs = new RocOutputs(setup);
    }

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var probability = _input.Number(block, row);
        if (!double.IsFinite(probability) || _response.Text(block, row) is not { } response)
        {
            return;
        }

        var isEvent = response == _event;
        (isEvent ? _events : _others)[BinOf(probability)]++;
        Note(probability);
        Note(isEvent ? 1.0 : 0.0);
        var totals = Totals();
        var (truePositives, falsePositives) = (totals.Events, totals.Others);
        var best = Best(totals);
        for (var bin = 0; bin < _events.Length; bin++)
        {
            _outputs.Write(rows, bin, bin * _step, truePositives, falsePositives, totals, bin == best);
            rows.Emit();
            (truePositives, falsePositives) = (truePositives - _events[bin], falsePositives - _others[bin]);
        }
    }

    // Bins are made of counts alone, and counts of what was noted.
    protected override ulong DigestOfResults() => 0;

    protected override void Write(SnapshotWriter writer)
    {
        NumberLists.WriteNumbers(writer, _events);
        NumberLists.WriteNumbers(writer, _others);
    }

    protected override void Read(SnapshotReader reader)
    {
        NumberLists.ReadNumbers(reader, _events);
        NumberLists.ReadNumbers(reader, _others);
    }

    private int BinOf(double probability)
    {
        var bin = (int)Math.Clamp(probability / _step, 0, _events.Length - 1);
        while (bin + 1 < _events.Length && probability >= (bin + 1) * _step)
        {
            bin++;
        }

        while (bin > 0 && probability < bin * _step)
        {
            bin--;
        }

        return bin;
    }

    private RocTotals Totals()
    {
        var (events, others, concordant, tied) = (0.0, 0.0, 0.0, 0.0);
        for (var bin = 0; bin < _events.Length; bin++)
        {
            concordant += _events[bin] * others;
            tied += _events[bin] * _others[bin];
            (events, others) = (events + _events[bin], others + _others[bin]);
        }

        return new RocTotals(events, others, concordant, tied);
    }

    private int Best(RocTotals totals)
    {
        var (best, largest) = (-1, double.NegativeInfinity);
        var (truePositives, falsePositives) = (totals.Events, totals.Others);
        for (var bin = 0; bin < _events.Length; bin++)
        {
            var distance = (truePositives / totals.Events) - (falsePositives / totals.Others);
            (best, largest) = distance > largest ? (bin, distance) : (best, largest);
            (truePositives, falsePositives) = (truePositives - _events[bin], falsePositives - _others[bin]);
        }

        return best;
    }
}
