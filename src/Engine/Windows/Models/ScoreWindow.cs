using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects.Algorithms;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>
/// window-score: an event is scored by the model that came last, over the edge of a train, model-reader or
/// model-supervisor window. Before the first model nothing leaves.
/// Updates and deletes are as for calculate windows that do not give an event for each.
/// </summary>
internal sealed class ScoreWindow(
    string name, Schema schema, ScoreAlgorithm algorithm, ResultRows results, bool keepsKeys, KeyedRows? rows, IModelSource?[] sources)
    : Window(name, schema)
{
    private readonly AlgorithmWindow _scores = new(name, schema, algorithm, results, AlgorithmOutput.SomeEvents, keepsKeys, rows);

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        if (sources[inputIndex] is not { } source)
        {
            _scores.Output.Clear();
            _scores.Process(input, 0, step);
            Output.AppendAll(_scores.Output);
            return;
        }

        var addresses = input.ColumnOf<string>(1);
        for (var row = 0; row < input.Count; row++)
        {
            if (source.ModelOf(addresses[row]) is { } model && algorithm.Take(model) is { } why)
            {
                step.ReportBadEvent(why);
            }
        }
    }

    /// <inheritdoc/>
    public override WindowState State => _scores.State;

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override ulong Digest() => _scores.Digest();

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer) => _scores.WriteState(writer);

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader) => _scores.ReadState(reader);
}
