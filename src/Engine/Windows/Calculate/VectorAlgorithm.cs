using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>TextVectorization: the vector of a token, or the mean of those of its document so far. A document is a run of events with one id.</summary>
internal sealed class VectorAlgorithm : CalculateAlgorithm
{
    private readonly InputPlace _doc;
    private readonly InputPlace _token;
    private readonly OutputPlaces? _vector;
    private readonly WordVectors _vectors;
    private readonly bool _isOfDocuments;
    private readonly double[] _sums;
    private readonly double[] _means;
    private string? _document;
    private long _known;

    public VectorAlgorithm(AlgorithmSetup setup, WordVectors vectors)
    {
        _doc = setup.Input("docId");
        _token = setup.Input("token");
        _vector = setup.Output("vectorOut");
        _vectors = vectors;
        _isOfDocuments = setup.Flag("outputDocVec");
        _sums = new double[vectors.Width];
        _means = new double[vectors.Width];
    }

    /// <inheritdoc/>
    public override bool RepeatsKeys => _isOfDocuments;

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var vector = _token.Text(block, row) is { } token ? _vectors.Of(token) : [];
        rows.SetAll(_vector, _isOfDocuments ? MeanWith(vector, _doc.Text(block, row) ?? "") : vector);
        rows.Emit();
    }

    // The vectors are part of the state: members with other files differ at once.
    protected override ulong DigestOfResults() => StateHash.Combine(_vectors.Hash, (ulong)_known);

    protected override void Write(SnapshotWriter writer)
    {
        writer.Write(_vectors.Hash);
        writer.Write(_document);
        writer.Write(_known);
        NumberLists.WriteNumbers(writer, _sums);
    }

    protected override void Read(SnapshotReader reader)
    {
        if (reader.ReadUInt64() != _vectors.Hash)
        {
            throw new SnapshotFormatException(
                "The snapshot was taken with other word vectors than the file now holds; put that file back, or give the new one a name of its own.");
        }

        _document = reader.ReadText();
        _known = reader.ReadInt64();
        NumberLists.ReadNumbers(reader, _sums);
    }

    private ReadOnlySpan<double> MeanWith(ReadOnlySpan<double> vector, string document)
    {
        Note(StateHash.Of(document));
        if (_document != document)
        {
            (_document, _known) = (document, 0);
            Array.Clear(_sums);
        }

        if (!vector.IsEmpty)
        {
            _known++;
            for (var i = 0; i < vector.Length; i++)
            {
                _sums[i] += vector[i];
                Note(vector[i]);
            }
        }

        for (var i = 0; i < _means.Length; i++)
        {
            _means[i] = _sums[i] / _known;
        }

        return _known > 0 ? _means : [];
    }
}
