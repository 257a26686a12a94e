using System.Text.Json.Serialization;

namespace Lockstep.Manager.Web.Ui.Tail;

/// <summary>
/// One line of a tail as tail.js draws it. Names are short because thousands cross the wire.
/// </summary>
/// <param name="Kind">r: a row; s: a seam; g: a gap, rows that are not shown.</param>
/// <param name="Number">Offset of a row; how many rows a gap stands for.</param>
/// <param name="At">Milliseconds since 1970 of a row or a seam.</param>
/// <param name="Member">Member that made the row.</param>
/// <param name="Text">The row's text, or the words of a seam or gap.</param>
/// <param name="Title">More about the row: message id, q, epoch.</param>
public sealed record TailEntry(
    [property: JsonPropertyName("k")] string Kind,
    [property: JsonPropertyName("n")] long Number,
    [property: JsonPropertyName("t")] long At,
    [property: JsonPropertyName("m")] string Member,
    [property: JsonPropertyName("x")] string Text,
    [property: JsonPropertyName("d")] string Title);
