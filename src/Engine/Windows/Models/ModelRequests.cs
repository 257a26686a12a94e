using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Models;

/// <summary>
/// Requests over one edge: events with a name and a value each are collected; one without both ends the request.
/// </summary>
internal sealed class ModelRequests
{
    private const int PairsMax = 100;
    private readonly int _name;
    private readonly int _value;
    private readonly List<(string Name, string Value)> _pairs = [];

    private ModelRequests(int name, int value) => (_name, _value) = (name, value);

    /// <summary>The reader of requests for a schema; null for one without two strings beside its key.</summary>
    public static ModelRequests? For(Schema schema)
    {
        var strings = Enumerable.Range(0, schema.Fields.Length)
            .Where(i => !schema.Fields[i].IsKey && schema.Fields[i].Type == FieldType.String).Take(2).ToArray();
        return strings is [var name, var value] ? new ModelRequests(name, value) : null;
    }

    /// <summary>Takes an event; gives the request that it ends, else null.</summary>
    public List<(string Name, string Value)>? Take(EventBlock block, int row, StepScope step)
    {
        var (names, values) = (block.ColumnOf<string>(_name), block.ColumnOf<string>(_value));
        if (names.IsNull(row) && values.IsNull(row))
        {
            List<(string Name, string Value)> request = [.. _pairs];
            _pairs.Clear();
            return request;
        }

        if (names.IsNull(row))
        {
            step.ReportBadEvent($"A request's event has a value but no name: {EventText.Key(block, row)}.");
        }
        else if (_pairs.Count == PairsMax)
        {
            step.ReportBadEvent($"A request has more than {PairsMax} events; end it with one without name and value: {EventText.Key(block, row)}.");
        }
        else
        {
            _pairs.Add((names[row], values.IsNull(row) ? "" : values[row]));
        }

        return null;
    }

    public ulong Digest() => _pairs.Aggregate((ulong)_pairs.Count, (hash, p) =>
        StateHash.Combine(hash, StateHash.Combine(StateHash.Of(p.Name), StateHash.Of(p.Value))));

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_pairs.Count);
        foreach (var (name, value) in _pairs)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    public void ReadState(SnapshotReader reader)
    {
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            _pairs.Add((reader.ReadText() ?? "", reader.ReadText() ?? ""));
        }
    }
}
