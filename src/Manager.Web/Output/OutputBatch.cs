using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Output;

/// <summary>Rows of a tail that came together.</summary>
/// <param name="Rows">Oldest first; at most <see cref="MaxRows"/>.</param>
/// <param name="Dropped">Rows left out just before these because the viewer was too slow.</param>
/// <param name="NewestOffset">Offset of the newest record read from the topic so far, for "n behind live".</param>
internal sealed record OutputBatch(IReadOnlyList<OutputRow> Rows, long Dropped, long NewestOffset)
{
    /// <summary>Rows of one batch at most.</summary>
    public const int MaxRows = 200;
}

/// <summary>Where a tail begins: exactly one of the two is set.</summary>
/// <param name="Offset">With the first record at or after this offset.</param>
/// <param name="Newest">With the newest so many rows (0: only what comes from now on).</param>
internal sealed record OutputFrom(long? Offset, int? Newest)
{
    /// <summary>From an offset on: to resume, the last offset seen + 1.</summary>
    public static OutputFrom At(long offset) => new(offset, null);

    /// <summary>The newest rows, then what comes.</summary>
    public static OutputFrom Last(int rows) => new(null, rows);

    /// <summary>Reads <c>1234</c> or <c>newest-200</c>; null text is newest-200.</summary>
    /// <returns>Null when the text is neither.</returns>
    public static OutputFrom? Parse(string? text)
    {
        const string newest = "newest-";
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        const System.Globalization.NumberStyles digits = System.Globalization.NumberStyles.None;
        return text switch
        {
            null or "" => Last(200),
            "newest" => Last(0),
            _ when text.StartsWith(newest, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(newest.Length), digits, invariant, out var rows) => Last(rows),
            _ when long.TryParse(text, digits, invariant, out var offset) => At(offset),
            _ => null,
        };
    }
}
