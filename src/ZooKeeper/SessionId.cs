using System.Globalization;

namespace Lockstep.ZooKeeper;

/// <summary>The number a ZooKeeper ensemble gave a session; also the <c>ephemeralOwner</c> of its ephemeral znodes.</summary>
/// <param name="Value">The number; 0 is no session.</param>
public readonly record struct SessionId(long Value)
{
    /// <summary>No session.</summary>
    public static readonly SessionId None;

    /// <summary>True when this is no session.</summary>
    public bool IsNone => Value == 0;

    /// <summary>Reads what <see cref="ToString"/> gives.</summary>
    /// <param name="text"><c>0x</c> and hexadecimal digits, as in ZooKeeper's own logs.</param>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static SessionId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long value)
            ? new SessionId(value)
            : throw new FormatException($"'{text}' is not a session id: 0x and hexadecimal digits are expected.");
    }

    /// <summary>The number as ZooKeeper's logs write it: <c>0x</c> and hexadecimal digits.</summary>
    public override string ToString() => "0x" + Value.ToString("x", CultureInfo.InvariantCulture);
}
