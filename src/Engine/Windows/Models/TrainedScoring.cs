using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Engine.State;
using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>Scores events by a model that a train window learned.</summary>
internal sealed class TrainedScoring(AlgorithmSetup setup) : ScoreAlgorithm
{
    private const int EmbeddingMax = 10;
    private readonly InputPlace[] _inputs = setup.Inputs["inputs"];
    private readonly double[] _values = new double[setup.Inputs["inputs"].Length];
    private readonly OutputPlaces? _label = setup.Output("labelOut");
    private readonly OutputPlaces? _distance = setup.Output("minDistanceOut");
    private readonly OutputPlaces? _prediction = setup.Output("yPredictOut");
    private readonly OutputPlaces? _id = setup.Output("modelIdOut");
    private readonly OutputPlaces? _place = setup.Output("embeddingOut");
    private readonly OutputPlaces?[] _coordinates =
        [.. Enumerable.Range(1, EmbeddingMax).Select(i => setup.Output(string.Create(CultureInfo.InvariantCulture, $"embeddingOut{i}")))];

    private readonly string _kind = setup.Definition.Name;
    private TrainedModel? _model;

    /// <inheritdoc/>
    public override string? Take(IModel model)
    {
        _model = (TrainedModel)model;
        Note(model.Digest());
        return null;
    }

    /// <summary>Nothing before the first model. An event with a missing value leaves without score.</summary>
    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        if (_model is null)
        {
            return;
        }

        rows.Set(_id, _model.Id);
        if (InputPlace.TryRead(_inputs, block, row, _values))
        {
            if (_kind == "TSNE")
            {
                SetPlace(_model.Embed(_values), rows);
                rows.Emit();
                return;
            }

            var cluster = _model.Labels.Length > 0 ? _model.Nearest(_values) : (double.NaN, double.NaN);
            rows.Set(_label, cluster.Item1);
            rows.Set(_distance, cluster.Item2);
            rows.Set(_prediction, _prediction is null ? double.NaN : Prediction(_model.Predict(_values)));
        }

        rows.Emit();
    }

    protected override ulong DigestOfResults() => (ulong)(_model?.Id + 1 ?? 0);

    protected override void Write(SnapshotWriter writer)
    {
        writer.Write(_model is not null);
        _model?.WriteState(writer);
    }

    protected override void Read(SnapshotReader reader) =>
        _model = reader.ReadBool() ? TrainedModel.Read(reader, _inputs.Length) : null;

    private void SetPlace(double[] place, ResultRows rows)
    {
        rows.SetAll(_place, place);
        for (var i = 0; i < place.Length; i++)
        {
            rows.Set(_coordinates[i], place[i]);
        }
    }

    private double Prediction(double sum) => _kind switch
    {
        "LogisticRegression" => 1 / (1 + Math.Exp(-sum)),
        "SVM" => sum >= 0 ? 1 : -1,
        _ => sum,
    };
}
