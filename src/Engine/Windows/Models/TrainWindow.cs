using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>When a train window puts a model out.</summary>
/// <param name="Init">After so many events the first one.</param>
/// <param name="Velocity">Events of a step of time.</param>
/// <param name="Commit">Steps of time from model to model.</param>
internal readonly record struct ModelSchedule(long Init, long Velocity, long Commit);

/// <summary>
/// window-train: learns from each insert and update, and puts out a row a model. The row names the model; score windows behind take
/// it from here while the row is delivered, and keep it. An event with a missing value is left out.
/// </summary>
internal sealed class TrainWindow(
    string name, string algorithm, ModelTrainer trainer, InputPlace[] inputs, InputPlace? target, ModelSchedule schedule)
    : Window(name, TrainWindowDefinition.ModelSchema), IModelSource
{
    private readonly double[] _values = new double[inputs.Length];
    private readonly List<TrainedModel> _made = [];
    private long _learned;
    private long _models;
    private ulong _history;

    /// <inheritdoc/>
    public string Algorithm => algorithm;

    /// <inheritdoc/>
    public int Width => inputs.Length;

    /// <inheritdoc/>
    public IModel? ModelOf(string address) => _made.Find(m => AddressOf(m) == address);

    /// <inheritdoc/>
    public IModel ReadModel(SnapshotReader reader) => TrainedModel.Read(reader, Width);

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        // Output is empty when an evaluation begins; models are kept as long as their rows.
        if (Output.Count == 0)
        {
            _made.Clear();
        }

        for (var row = 0; row < input.Count; row++)
        {
            if (input.Opcodes[row] is not (Opcode.Delete or Opcode.SafeDelete) && InputPlace.TryRead(inputs, input, row, _values))
            {
                Learn(target?.Number(input, row) ?? double.NaN, step);
            }
        }
    }

    /// <inheritdoc/>
    public override WindowState State => WindowState.Running;

    /// <inheritdoc/>
    public override ulong Digest() => StateHash.Combine(StateHash.Combine(_history, trainer.Digest()), (ulong)_models);

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_learned);
        writer.Write(_models);
        writer.Write(_history);
        trainer.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        _learned = reader.ReadInt64();
        _models = reader.ReadInt64();
        _history = reader.ReadUInt64();
        trainer.ReadState(reader);
    }

    private void Learn(double wanted, StepScope step)
    {
        foreach (var value in _values)
        {
            _history = StateHash.Combine(_history, BitConverter.DoubleToUInt64Bits(value));
        }

        _history = StateHash.Combine(_history, BitConverter.DoubleToUInt64Bits(wanted));
        trainer.Learn(_values, wanted);
        _learned++;
        var since = _learned - schedule.Init;
        if (since % schedule.Velocity == 0)
        {
            trainer.EndStep();
        }

        if (since >= 0 && since % (schedule.Velocity * schedule.Commit) == 0)
        {
            Commit(step);
        }
    }

    private void Commit(StepScope step)
    {
        var model = trainer.Make(_models++);
        _made.Add(model);
        Output.AppendObjects(
            Opcode.Insert, EventFlags.None, model.Id, AddressOf(model), Name, _learned, step.Now, null);
    }

    private string AddressOf(TrainedModel model) => $"{Name}#{model.Id}";
}
