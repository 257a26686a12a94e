using System.Runtime.InteropServices;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.Models;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>
/// Scores events by a model of a file: the input-map fills its tensors, an event at a time, and the output-map takes them. An event
/// with a missing value leaves without score. Scores are part of the digest: members whose processors compute them otherwise differ at once.
/// </summary>
internal sealed class TensorScoring : ScoreAlgorithm
{
    private readonly AlgorithmSetup _setup;
    private readonly Schema _input;
    private readonly Schema _output;
    private readonly LoadedFiles _files;
    private readonly OutputPlaces? _id;
    private FileModel? _model;
    private (InputPlace[] Places, TensorValues Values)[] _inputs = [];
    private (OutputPlaces Places, TensorValues Values)[] _outputs = [];
    private IModelRun? _run;

    /// <param name="setup">Names of the model's tensors as roles.</param>
    /// <param name="input">Schema of the events.</param>
    /// <param name="output">Schema of what leaves.</param>
    /// <param name="files">Loads the model that a snapshot names.</param>
    public TensorScoring(AlgorithmSetup setup, Schema input, Schema output, LoadedFiles files)
    {
        (_setup, _input, _output, _files) = (setup, input, output, files);
        _id = setup.Output(ScoreModelDefinition.ModelIdRole);
    }

    /// <inheritdoc/>
    public override string? Take(IModel model)
    {
        var file = (FileModel)model;
        if (Refusal(file) is { } why)
        {
            return why;
        }

        Join(file);
        Note(file.Digest());
        return null;
    }

    /// <summary>Why a model can't be applied, as a sentence; null when it can.</summary>
    public string? Refusal(FileModel model) => RefusalOf(model.Model) is { } why ? $"Model '{model.Reference}' does not fit the maps: {why}" : null;

    /// <summary>A score for each event. One that the model fails for is a bad event.</summary>
    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        if (_model is null)
        {
            return;
        }

        rows.Set(_id, _model.Id);
        if (TryRead(block, row, out var what) && what is null)
        {
            what = TryRun(rows);
        }

        if (what is null)
        {
            rows.Emit();
        }
        else
        {
            rows.Refuse($"The model '{_model.Reference}' can't score the event: {what}");
        }
    }

    protected override ulong DigestOfResults() => (ulong)(_model?.Id + 1 ?? 0);

    protected override void Write(SnapshotWriter writer)
    {
        writer.Write(_model is not null);
        _model?.WriteState(writer);
    }

    protected override void Read(SnapshotReader reader)
    {
        (_model, _run) = (null, null);
        if (!reader.ReadBool())
        {
            return;
        }

        var model = FileModel.Read(reader, _files);
        if (Refusal(model) is { } why)
        {
            throw new SnapshotFormatException($"The snapshot is of other maps: {why}");
        }

        Join(model);
    }

    private void Join(FileModel model)
    {
        _model = model;
        _inputs = [.. model.Model.Inputs.Select(t => (_setup.Inputs[t.Name], new TensorValues(t)))];
        _outputs = [.. model.Model.Outputs.Where(t => _setup.Output(t.Name) is not null).Select(t => (_setup.Output(t.Name)!, new TensorValues(t)))];
        _run = model.Model.Start([.. _inputs.Select(i => i.Values)], [.. _outputs.Select(o => o.Values)]);
    }

    // False: a value is missing. What is wrong is a sentence.
    private bool TryRead(EventBlock block, int row, out string? what)
    {
        what = null;
        foreach (var (places, values) in _inputs)
        {
            values.Clear();
            foreach (var place in places)
            {
                if (!(values.Tensor.IsText ? TryAdd(place.Text(block, row), values.Texts) : TryAdd(block, row, place, values.Numbers)))
                {
                    return false;
                }
            }

            if (values.Count > TensorValues.CountMax || values.Tensor.ShapeFor(values.Count) is null)
            {
                what = $"it has {values.Count} values for input '{values.Tensor.Name}', which is {values.Tensor}.";
            }
        }

        return true;
    }

    private static bool TryAdd(string? text, List<string> texts)
    {
        texts.Add(text ?? "");
        return text is not null;
    }

    private static bool TryAdd(EventBlock block, int row, InputPlace place, List<double> numbers)
    {
        var column = block.Columns[place.Field];
        if (place.Item >= 0 || column is not (Column<double?[]> or Column<long?[]>))
        {
            numbers.Add(place.Number(block, row));
            return double.IsFinite(numbers[^1]);
        }

        if (column.IsNull(row))
        {
            return false;
        }

        var count = column is Column<double?[]> reals ? reals[row].Length : ((Column<long?[]>)column)[row].Length;
        for (var item = 0; item < count; item++)
        {
            numbers.Add(new InputPlace(place.Field, item).Number(block, row));
            if (!double.IsFinite(numbers[^1]))
            {
                return false;
            }
        }

        return true;
    }

    private string? TryRun(ResultRows rows)
    {
        try
        {
            _run!.Run();
        }
        catch (ModelException failed)
        {
            return failed.Message;
        }

        foreach (var (places, values) in _outputs)
        {
            foreach (var number in values.Numbers)
            {
                Note(number);
            }

            foreach (var text in values.Texts)
            {
                Note(StateHash.Of(text));
            }

            rows.SetAll(places, CollectionsMarshal.AsSpan(values.Numbers));
            rows.SetAll(places, values.Texts);
        }

        return null;
    }

    private string? RefusalOf(IFileModel model)
    {
        foreach (var tensor in model.Inputs)
        {
            if (!_setup.Inputs.TryGetValue(tensor.Name, out var places))
            {
                return $"it has an input '{tensor.Name}', {tensor}, which the input-map does not name.";
            }

            if (RefusalOf(tensor, places) is { } why)
            {
                return why;
            }
        }

        var (inputs, outputs) = (Names(model.Inputs), Names(model.Outputs));
        return _setup.Inputs.Keys.FirstOrDefault(n => model.Inputs.All(t => t.Name != n)) is { } input
            ? $"it has no input '{input}'; its inputs are {inputs}."
            : _setup.Outputs.Where(o => o.Value != _id).Select(o => RefusalOf(o.Key, o.Value, model, outputs)).FirstOrDefault(w => w is not null);
    }

    private string? RefusalOf(ModelTensor tensor, InputPlace[] places)
    {
        var types = places.Select(p => (p, _input.Fields[p.Field])).ToList();
        if (!tensor.IsUsable)
        {
            return $"its input '{tensor.Name}' is {tensor.TypeName}, which no field has.";
        }

        foreach (var (place, field) in types)
        {
            if (IsArray(field.Type) ? tensor.IsText : tensor.IsText != (field.Type == FieldType.String))
            {
                return $"its input '{tensor.Name}' is {tensor}, and field '{field.Name}' is a {FieldTypeNames.NameOf(field.Type)}.";
            }
        }

        return types.Exists(t => t.p.Item < 0 && IsArray(t.Item2.Type)) || tensor.ShapeFor(places.Length) is not null ? null
            : $"its input '{tensor.Name}' is {tensor}, and the input-map names {places.Length} values for it.";
    }

    private string? RefusalOf(string name, OutputPlaces places, IFileModel model, string outputs)
    {
        var tensor = model.Outputs.FirstOrDefault(t => t.Name == name);
        var fields = places.Places.Select(p => _output.Fields[p.Field]).ToList();
        return tensor is null ? $"it has no output '{name}'; its outputs are {outputs}."
            : !tensor.IsUsable ? $"its output '{name}' is {tensor.TypeName}, which no field takes."
            : fields.Find(f => tensor.IsText != (f.Type == FieldType.String)) is { } field
                ? $"its output '{name}' is {tensor}, and field '{field.Name}' is a {FieldTypeNames.NameOf(field.Type)}."
            : null;
    }

    private static string Names(IEnumerable<ModelTensor> tensors) => string.Join(", ", tensors.Select(t => $"'{t.Name}' {t}"));

    private static bool IsArray(FieldType type) => type is FieldType.ArrayDouble or FieldType.ArrayInt32 or FieldType.ArrayInt64;
}
