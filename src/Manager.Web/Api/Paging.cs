using System.Globalization;
using System.Text;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Api;

/// <summary>Pages of lists that are held in memory: the cursor says where the last page ended.</summary>
internal static class Paging
{
    /// <summary>Items of a page unless asked otherwise.</summary>
    public const int DefaultLimit = 50;

    /// <summary>Items of a page at most.</summary>
    public const int MaxLimit = 500;

    /// <summary>Cuts a page.</summary>
    /// <param name="context">Gets the Link header of the next page.</param>
    /// <param name="all">The whole list, in its order.</param>
    /// <param name="limit">Items wanted.</param>
    /// <param name="cursor">What the last page gave; null for the first.</param>
    public static Outcome<Page<T>> Cut<T>(HttpContext context, IReadOnlyList<T> all, int? limit, string? cursor)
    {
        if (limit is < 1 or > MaxLimit)
        {
            return Refusal.Of(RefusalKind.Malformed, "limit", $"limit is a number from 1 to {MaxLimit}.");
        }

        if (Read(cursor) is not { } start)
        {
            return Refusal.Of(RefusalKind.Malformed, "cursor", "The cursor is not one that a page gave.");
        }

        var items = all.Skip(start).Take(limit ?? DefaultLimit).ToList();
        var end = start + items.Count;
        string? next = null;
        if (end < all.Count)
        {
            next = Convert.ToBase64String(Encoding.ASCII.GetBytes(end.ToString(CultureInfo.InvariantCulture)))
                .TrimEnd('=');
            context.Response.Headers.Link =
                $"<{context.Request.Path}?limit={limit ?? DefaultLimit}&cursor={Uri.EscapeDataString(next)}>; rel=\"next\"";
        }

        return new Page<T>(items, next);
    }

    private static int? Read(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return 0;
        }

        var bytes = new byte[32];
        return cursor.Length <= 32
            && Convert.TryFromBase64String(cursor.PadRight((cursor.Length + 3) / 4 * 4, '='), bytes, out var length)
            && int.TryParse(Encoding.ASCII.GetString(bytes, 0, length), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                ? start
                : null;
    }
}
