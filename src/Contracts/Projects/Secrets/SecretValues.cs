using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects.Secrets;

/// <summary>
/// The secrets of a model that was read, tokens replaced: hides them in texts that leave the process, such as logs, states and problems,
/// and passwords of addresses with them. Immutable.
/// </summary>
public sealed class SecretValues
{
    /// <summary>Shorter values are not looked for in texts: they would hide half of any log, and are no secrets worth the name.</summary>
    public const int MinLength = 4;

    /// <summary>None: passwords in addresses are hidden all the same.</summary>
    public static SecretValues None { get; } = new([]);

    private readonly ImmutableArray<string> _values;

    /// <summary>Of these values.</summary>
    public SecretValues(IEnumerable<string> values)
    {
        // Longer ones first: one may be a part of another. Addresses have them with escapes.
        _values = [.. values.Where(v => v.Length >= MinLength && !SecretText.IsToken(v)).SelectMany(v => new[] { v, Uri.EscapeDataString(v) })
            .Distinct(StringComparer.Ordinal).OrderByDescending(v => v.Length).ThenBy(v => v, StringComparer.Ordinal)];
    }

    /// <summary>A text with the mask in place of each secret.</summary>
    public string HideIn(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var value in _values)
        {
            text = text.Replace(value, ModelSecrets.Mask, StringComparison.Ordinal);
        }

        if (!text.Contains("://", StringComparison.Ordinal))
        {
            return text;
        }

        foreach (var part in Enumerable.Reverse(SecretText.In(text, SecretForm.Open)))
        {
            var shown = text.AsSpan()[part];
            text = shown.IsEmpty || SecretText.IsToken(shown) || shown.SequenceEqual(ModelSecrets.Mask)
                ? text
                : string.Concat(text.AsSpan(0, part.Start.Value), ModelSecrets.Mask, text.AsSpan(part.End.Value));
        }

        return text;
    }
}
