using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// Vectors of words out of a text file: a word a line, then its numbers, as many in each line. A first line of two whole numbers, the
/// counts of words and numbers, is left out. Immutable.
/// </summary>
internal sealed class WordVectors
{
    /// <summary>Longest file in bytes.</summary>
    public const long BytesMax = 4L * 1024 * 1024 * 1024;

    /// <summary>The most numbers of all words together: 1 GB of memory.</summary>
    public const int NumbersMax = 125_000_000;

    private const int LineCharsMax = 1_000_000;
    private const int HeaderNumbers = 2;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<double> _numbers = [];

    private WordVectors()
    {
    }

    /// <summary>Numbers of a word.</summary>
    public int Width { get; private set; }

    /// <summary>Hash of all words and numbers in their order.</summary>
    public ulong Hash { get; private set; }

    /// <summary>The vector of a word as it is written, else of its lower-case form; empty for an unknown word.</summary>
    public ReadOnlySpan<double> Of(string word) =>
        _places.TryGetValue(word, out var place) || _places.TryGetValue(word.ToLowerInvariant(), out place)
            ? CollectionsMarshal.AsSpan(_numbers).Slice(place * Width, Width)
            : [];

    /// <summary>Reads a file.</summary>
    /// <param name="reader">Its text.</param>
    /// <param name="name">Names it in messages.</param>
    /// <param name="delimiter">What stands between the word and the numbers; several blanks count as one.</param>
    /// <param name="lineBreak">What ends a line; empty for any of CR, LF and CR LF.</param>
    /// <exception cref="AlgorithmException">A line is not as the others, or there is too much.</exception>
    public static WordVectors Read(TextReader reader, string name, char delimiter, string lineBreak)
    {
        var vectors = new WordVectors();
        var number = 0;
        foreach (var line in lineBreak.Length == 0 ? Lines(reader) : Lines(reader, lineBreak, name))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line) && !(number == 1 && IsHeader(line, delimiter)))
            {
                vectors.Add(line, delimiter, $"Line {number} of word vectors '{name}'");
            }
        }

        return vectors.Width > 0 ? vectors : throw new AlgorithmException($"There are no word vectors in '{name}'.");
    }

    private void Add(string line, char delimiter, string where)
    {
        var rest = line.AsSpan().Trim();
        var word = Next(ref rest, delimiter).ToString();
        var start = _numbers.Count;
        while (!rest.IsEmpty)
        {
            var text = Next(ref rest, delimiter);
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            {
                throw new AlgorithmException($"{where} has '{text}' where a number is expected.");
            }

            _numbers.Add(value);
        }

        var width = _numbers.Count - start;
        Width = Width == 0 ? width : Width;
        if (width != Width || width == 0)
        {
            throw new AlgorithmException(
                $"{where} has {width} numbers behind its word, {(width == 0 ? "at least one is needed" : $"the lines before have {Width}")}; "
                + "look at wordVecDelimiter and wordVecLineBreak.");
        }

        if (_numbers.Count > NumbersMax)
        {
            throw new AlgorithmException($"{where}: there are more than {NumbersMax} numbers.");
        }

        Hash = StateHash.Combine(Hash, StateHash.Of(word));
        foreach (var value in CollectionsMarshal.AsSpan(_numbers)[start..])
        {
            Hash = StateHash.Combine(Hash, BitConverter.DoubleToUInt64Bits(value));
        }

        // Of a word that comes twice the first line counts.
        _places.TryAdd(word, start / Width);
    }

    private static ReadOnlySpan<char> Next(scoped ref ReadOnlySpan<char> rest, char delimiter)
    {
        // The delimiter itself may be a word, as in ", 0.1 0.2" and ",,0.1,0.2".
        var end = rest.Length > 1 ? rest[1..].IndexOf(delimiter) + 1 : 0;
        var part = end <= 0 ? rest : rest[..end];
        rest = end <= 0 ? [] : rest[(end + 1)..].TrimStart(' ');
        return part.Trim(' ');
    }

    private static bool IsHeader(string line, char delimiter)
    {
        var parts = line.Split(delimiter, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == HeaderNumbers && parts.All(p => long.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Lines(TextReader reader, string lineBreak, string name)
    {
        var line = new StringBuilder();
        while (reader.Read() is >= 0 and var character)
        {
            line.Append((char)character);
            if (character == lineBreak[^1] && EndsWith(line, lineBreak))
            {
                yield return line.ToString(0, line.Length - lineBreak.Length);
                line.Clear();
            }
            else if (line.Length > LineCharsMax)
            {
                throw new AlgorithmException(
                    $"A line of word vectors '{name}' has more than {LineCharsMax} characters; look at wordVecLineBreak.");
            }
        }

        yield return line.ToString();
    }

    private static bool EndsWith(StringBuilder text, string end) =>
        text.Length >= end.Length && text.ToString(text.Length - end.Length, end.Length) == end;
}
