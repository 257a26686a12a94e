namespace Lockstep.Engine.Functions;

/// <summary>Keeps what is costly to make of a text, up to a limit; emptied when full. Changes no result.</summary>
/// <param name="limit">Entries at most.</param>
/// <param name="make">Makes it; null when the text is wrong, which is kept too.</param>
internal sealed class BoundedCache<T>(int limit, Func<string, T?> make)
    where T : class
{
    private readonly Dictionary<string, T?> _made = new(StringComparer.Ordinal);

    /// <summary>What is made of a text; null when it is wrong.</summary>
    public T? Get(string text)
    {
        if (_made.TryGetValue(text, out var known))
        {
            return known;
        }

        if (_made.Count >= limit)
        {
            _made.Clear();
        }

        return _made[text] = make(text);
    }
}
