using System.Runtime.InteropServices;
using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>TFIDF: in how many documents each token came, and how often in the one that runs; constant work an event.</summary>
internal sealed class TermAlgorithm(AlgorithmSetup setup) : CalculateAlgorithm
{
    private readonly InputPlace _doc = setup.Input("docId");
    private readonly InputPlace _token = setup.Input("token");
    private readonly OutputPlaces? _tf = setup.Output("tfOut");
    private readonly OutputPlaces? _idf = setup.Output("idfOut");
    private readonly OutputPlaces? _tfidf = setup.Output("tfidfOut");
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<string> _tokens = [];
    private readonly List<Term> _terms = [];
    private string? _document;
    private long _documents;
    private long _length;

    /// <summary>What is known of a token.</summary>
    /// <param name="Documents">Documents that it came in.</param>
    /// <param name="Last">The last of them, by number.</param>
    /// <param name="Count">How often it came in that one.</param>
    private record struct Term(long Documents, long Last, long Count);

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var document = _doc.Text(block, row) ?? "";
        Note(StateHash.Of(document));
        if (_document != document)
        {
            (_document, _length) = (document, 0);
            _documents++;
        }

        if (_token.Text(block, row) is { } token)
        {
            Note(StateHash.Of(token));
            SetResults(rows, Take(token));
        }

        rows.Emit();
    }

    protected override ulong DigestOfResults() => StateHash.Combine((ulong)_documents, (ulong)_tokens.Count);

    protected override void Write(SnapshotWriter writer)
    {
        writer.Write(_document);
        writer.Write(_documents);
        writer.Write(_length);
        writer.Write(_tokens.Count);
        for (var i = 0; i < _tokens.Count; i++)
        {
            writer.Write(_tokens[i]);
            writer.Write(_terms[i].Documents);
            writer.Write(_terms[i].Last);
            writer.Write(_terms[i].Count);
        }
    }

    protected override void Read(SnapshotReader reader)
    {
        _document = reader.ReadText();
        _documents = reader.ReadInt64();
        _length = reader.ReadInt64();
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            var token = reader.ReadText() ?? throw new SnapshotFormatException("The snapshot is damaged: a token has no text.");
            _places[token] = i;
            _tokens.Add(token);
            _terms.Add(new Term(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64()));
        }
    }

    private Term Take(string token)
    {
        if (!_places.TryGetValue(token, out var place))
        {
            place = _tokens.Count;
            _places.Add(token, place);
            _tokens.Add(token);
            _terms.Add(default);
        }

        _length++;
        ref var term = ref CollectionsMarshal.AsSpan(_terms)[place];
        term = term.Last == _documents
            ? term with { Count = term.Count + 1 }
            : new Term(term.Documents + 1, _documents, 1);
        return term;
    }

    private void SetResults(ResultRows rows, Term term)
    {
        var frequency = (double)term.Count / _length;
        var rarity = Math.Log((double)_documents / term.Documents);
        rows.Set(_tf, frequency);
        rows.Set(_idf, rarity);
        rows.Set(_tfidf, frequency * rarity);
    }
}
