using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// Which of several inputs holds the probability of a response: the one whose name is the response or ends with _ and it, letters of
/// either case. Responses that no name tells take the inputs in the order in which they first appear.
/// </summary>
internal sealed class ResponseClasses(string[] names, int lengthMax)
{
    private readonly List<string> _seen = [];

    /// <summary>The input of a response; -1 for none.</summary>
    public int Find(string? response)
    {
        if (response is null)
        {
            return -1;
        }

        var label = response.Length <= lengthMax ? response : response[..lengthMax];
        for (var i = 0; i < names.Length; i++)
        {
            var rest = names[i].Length - label.Length;
            if (names[i].EndsWith(label, StringComparison.OrdinalIgnoreCase) && (rest == 0 || (rest > 0 && names[i][rest - 1] == '_')))
            {
                return i;
            }
        }

        var place = _seen.IndexOf(label);
        if (place < 0 && _seen.Count < names.Length)
        {
            place = _seen.Count;
            _seen.Add(label);
        }

        return place;
    }

    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(_seen.Count);
        foreach (var label in _seen)
        {
            writer.Write(label);
        }
    }

    public void ReadState(SnapshotReader reader)
    {
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            _seen.Add(reader.ReadText() ?? throw new SnapshotFormatException("The snapshot is damaged: a response has no text."));
        }
    }
}
