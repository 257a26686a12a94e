using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Models;

/// <summary>
/// window-model-supervisor: keeps the newest models that come over edges from train or model-reader windows, and hands them on as they come or when a
/// request asks for one. Kept models are its state, so that a standby hands on the same ones.
/// </summary>
internal sealed class ModelSupervisorWindow(
    string name, bool isOnDemand, int capacity, IModelSource?[] sources, ModelRequests?[] requests)
    : Window(name, TrainWindowDefinition.ModelSchema), IModelSource
{
    // The oldest first.
    private readonly List<KeptModel> _kept = [];
    private readonly List<KeptModel> _left = [];

    /// <inheritdoc/>
    public string Algorithm { get; } = sources.First(s => s is not null)!.Algorithm;

    /// <inheritdoc/>
    public int Width { get; } = sources.First(s => s is not null)!.Width;

    /// <inheritdoc/>
    public IModel? ModelOf(string address) => _left.Find(m => m.Address == address)?.Model;

    /// <inheritdoc/>
    public IModel ReadModel(SnapshotReader reader) => sources.First(s => s is not null)!.ReadModel(reader);

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        // Output is empty when an evaluation begins; a model given up since is known as long as its row is on its way.
        if (Output.Count == 0)
        {
            _left.Clear();
        }

        for (var row = 0; row < input.Count; row++)
        {
            if (input.Opcodes[row] is Opcode.Delete or Opcode.SafeDelete)
            {
                continue;
            }

            if (sources[inputIndex] is { } source)
            {
                Keep(source, input, row);
            }
            else if (requests[inputIndex]!.Take(input, row, step) is { } request)
            {
                Answer(request, step);
            }
        }
    }

    /// <inheritdoc/>
    public override WindowState State => WindowState.Running;

    /// <inheritdoc/>
    public override ulong Digest()
    {
        var hash = (ulong)_kept.Count;
        foreach (var model in _kept)
        {
            hash = StateHash.Combine(hash, StateHash.Combine(StateHash.Of(model.Address), model.Model.Digest()));
        }

        return requests.Aggregate(hash, (h, r) => r is null ? h : StateHash.Combine(h, r.Digest()));
    }

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_kept.Count);
        foreach (var model in _kept)
        {
            model.WriteState(writer);
        }

        foreach (var request in requests)
        {
            request?.WriteState(writer);
        }
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            _kept.Add(new KeptModel(
                ReadModel(reader), reader.ReadText() ?? "", reader.ReadText() ?? "", reader.ReadInt64(), reader.ReadInt64()));
        }

        foreach (var request in requests)
        {
            request?.ReadState(reader);
        }
    }

    private void Keep(IModelSource source, EventBlock input, int row)
    {
        var address = input.ColumnOf<string>(1)[row];
        if (source.ModelOf(address) is not { } trained)
        {
            return;
        }

        var model = new KeptModel(trained, address, input.ColumnOf<string>(2)[row], input.ColumnOf<long>(3)[row], input.ColumnOf<long>(4)[row]);
        _kept.RemoveAll(m => m.Address == address);
        _kept.Add(model);
        if (_kept.Count > capacity)
        {
            _kept.RemoveAt(0);
        }

        if (!isOnDemand)
        {
            HandOn(model);
        }
    }

    // Names in any case; without a model the newest is meant, without an action it is handed on.
    private void Answer(List<(string Name, string Value)> request, StepScope step)
    {
        var (action, wanted) = ("send", "");
        foreach (var (key, value) in request)
        {
            switch (key.Trim().ToUpperInvariant())
            {
                case "ACTION":
                    action = value.Trim();
                    break;
                case "MODEL" or "MODELID" or "MODEL_ID" or "MODEL_ADDR" or "ID":
                    wanted = value.Trim();
                    break;
                default:
                    step.ReportBadEvent($"A request gives '{key}'; known are action and model.");
                    return;
            }
        }

        var at = wanted.Length == 0 ? _kept.Count - 1 : _kept.FindLastIndex(m =>
            m.Address == wanted || m.Model.Id.ToString(CultureInfo.InvariantCulture) == wanted);
        if (at < 0)
        {
            step.ReportBadEvent(wanted.Length == 0 ? "A request came before the first model."
                : $"A request asks for model '{wanted}', which is not kept. Kept are {string.Join(", ", _kept.Select(m => m.Address))}.");
            return;
        }

        switch (action.ToUpperInvariant())
        {
            case "SEND" or "DEPLOY" or "APPLY" or "LOAD":
                HandOn(_kept[at]);
                break;
            case "REMOVE" or "DELETE":
                _kept.RemoveAt(at);
                break;
            default:
                step.ReportBadEvent($"A request has the action '{action}'; known are send (deploy, apply, load) and remove (delete).");
                break;
        }
    }

    private void HandOn(KeptModel model)
    {
        _left.Add(model);
        Output.AppendObjects(
            Opcode.Insert, EventFlags.None, model.Model.Id, model.Address, model.Origin, model.Learned, model.Created, null);
    }

    /// <summary>A model and the row that names it.</summary>
    private sealed record KeptModel(IModel Model, string Address, string Origin, long Learned, long Created)
    {
        public void WriteState(SnapshotWriter writer)
        {
            Model.WriteState(writer);
            writer.Write(Address);
            writer.Write(Origin);
            writer.Write(Learned);
            writer.Write(Created);
        }
    }
}
