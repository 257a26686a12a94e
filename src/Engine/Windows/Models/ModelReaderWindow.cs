using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.Models;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Models;

/// <summary>
/// window-model-reader: loads models of files, one before the first event when its parameters name it, others when requests ask for them,
/// and puts out a row for each, which score windows take it by.
/// </summary>
/// <param name="name"><c>contquery/window</c>.</param>
/// <param name="modelType">Type of its models.</param>
/// <param name="first">The one that its parameters name; null for none.</param>
/// <param name="files">Loads those of requests.</param>
/// <param name="requests">The reader of requests of each edge.</param>
internal sealed class ModelReaderWindow(string name, string modelType, FileModel? first, LoadedFiles files, ModelRequests[] requests)
    : Window(name, TrainWindowDefinition.ModelSchema), IModelSource
{
    private readonly List<FileModel> _read = [];
    private bool _isOpen;
    private long _models;
    private ulong _history;

    /// <inheritdoc/>
    public string Algorithm => modelType;

    /// <inheritdoc/>
    public int Width => 0;

    /// <summary>The model that is there before the first event; null for none.</summary>
    public FileModel? First => first;

    /// <inheritdoc/>
    public IModel? ModelOf(string address) => _read.Find(m => AddressOf(m) == address);

    /// <inheritdoc/>
    public IModel ReadModel(SnapshotReader reader) => FileModel.Read(reader, files);

    /// <inheritdoc/>
    public override bool Opens => first is not null && !_isOpen;

    /// <inheritdoc/>
    public override void Open(StepScope step)
    {
        if (Opens)
        {
            _isOpen = true;
            HandOn(first!, step);
        }
    }

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        // Output is empty when an evaluation begins; models are kept as long as their rows.
        if (Output.Count == 0)
        {
            _read.Clear();
        }

        for (var row = 0; row < input.Count; row++)
        {
            if (input.Opcodes[row] is not (Opcode.Delete or Opcode.SafeDelete) && requests[inputIndex].Take(input, row, step) is { } request)
            {
                Answer(request, step);
            }
        }
    }

    /// <inheritdoc/>
    public override WindowState State => WindowState.Running;

    /// <inheritdoc/>
    public override ulong Digest() =>
        requests.Aggregate(StateHash.Combine(_history, ((ulong)_models << 1) + (_isOpen ? 1UL : 0)), (hash, r) => StateHash.Combine(hash, r.Digest()));

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        writer.Write(_isOpen);
        writer.Write(_models);
        writer.Write(_history);
        foreach (var request in requests)
        {
            request.WriteState(writer);
        }
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        _isOpen = reader.ReadBool();
        _models = reader.ReadInt64();
        _history = reader.ReadUInt64();
        foreach (var request in requests)
        {
            request.ReadState(reader);
        }
    }

    private void Answer(List<(string Name, string Value)> request, StepScope step)
    {
        var reference = "";
        foreach (var (key, value) in request)
        {
            switch (key.Trim().ToUpperInvariant())
            {
                case "REFERENCE":
                    reference = value.Trim();
                    break;
                case "ACTION" when Is(value, ModelReaderWindowDefinition.Load):
                case "TYPE" when Is(value, modelType):
                case "EXECPROVIDER" when Is(value, ModelReaderWindowDefinition.Cpu):
                    break;
                default:
                    step.ReportBadEvent($"A request says {key}={value}; known are action={ModelReaderWindowDefinition.Load}, type={modelType}, "
                        + $"execProvider={ModelReaderWindowDefinition.Cpu} and reference with the path of a file.");
                    return;
            }
        }

        if (reference.Length == 0)
        {
            step.ReportBadEvent("A request has no reference: the path of the model's file.");
            return;
        }

        try
        {
            HandOn(files.ModelOf(_models, reference), step);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ModelException)
        {
            step.ReportBadEvent($"A request asks for the model of '{reference}', which can't be loaded: {failed.Message}");
        }
    }

    private void HandOn(FileModel model, StepScope step)
    {
        _models++;
        _history = StateHash.Combine(_history, model.Digest());
        _read.Add(model);
        Output.AppendObjects(Opcode.Insert, EventFlags.None, model.Id, AddressOf(model), model.Reference, model.Id, step.Now, null);
    }

    private string AddressOf(FileModel model) => string.Create(CultureInfo.InvariantCulture, $"{Name}#{model.Id}");

    private static bool Is(string value, string word) => value.Trim().Equals(word, StringComparison.OrdinalIgnoreCase);
}
