using System.Globalization;
using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>Tokenization: a row for each word or mark of a text.</summary>
internal sealed class TokenAlgorithm(AlgorithmSetup setup) : CalculateAlgorithm
{
    private readonly InputPlace _doc = setup.Input("doc");
    private readonly OutputPlaces? _id = setup.Output("tokenIdOut");
    private readonly OutputPlaces? _word = setup.Output("wordOut");
    private readonly OutputPlaces? _start = setup.Output("startPosOut");
    private readonly OutputPlaces? _end = setup.Output("endPosOut");

    public override void Observe(EventBlock block, int row, ResultRows rows)
    {
        var text = _doc.Text(block, row) ?? "";
        var count = 0;
        for (var at = 0; at < text.Length;)
        {
            var length = TokenLength(text, at);
            if (length == 0)
            {
                at++;
                continue;
            }

            rows.Set(_id, ++count);
            rows.Set(_word, text.Substring(at, length));
            rows.Set(_start, at);
            rows.Set(_end, at + length - 1);
            rows.Emit();
            at += length;
        }
    }

    // It remembers nothing.
    protected override ulong DigestOfResults() => 0;

    protected override void Write(SnapshotWriter writer)
    {
    }

    protected override void Read(SnapshotReader reader)
    {
    }

    /// <summary>Length of the token that begins at a place; 0 for a blank.</summary>
    private static int TokenLength(string text, int start)
    {
        var end = start;
        while (end < text.Length)
        {
            if (WordPart(text, end) is > 0 and var length)
            {
                end += length;
            }
            else if (end > start && end + 1 < text.Length && Joins(text, end))
            {
                end++;
            }
            else
            {
                break;
            }
        }

        if (end > start)
        {
            return end - start;
        }

        Rune.DecodeFromUtf16(text.AsSpan(start), out var rune, out var size);
        return Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) ? 0 : size;
    }

    // Length of a character of a word; 0 for any other.
    private static int WordPart(string text, int at)
    {
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var size);
        return Rune.IsLetterOrDigit(rune) || rune.Value == '_' || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark ? size : 0;
    }

    private static bool Joins(string text, int at) => text[at] switch
    {
        '\'' or '\u2019' or '-' => WordPart(text, at - 1) > 0 && WordPart(text, at + 1) > 0,
        '.' or ',' => char.IsAsciiDigit(text[at - 1]) && char.IsAsciiDigit(text[at + 1]),
        _ => false,
    };
}
