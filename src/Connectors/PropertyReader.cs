using System.Globalization;
using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors;

/// <summary>
/// Reads a connector's properties by type and collects everything wrong with them, so that all problems come back together.
/// Names match without regard to case. Asks are remembered: what nobody asked for is unknown.
/// </summary>
internal sealed class PropertyReader
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly ICollection<Problem> _problems;
    private readonly string _path;
    private readonly TextPosition _position;

    /// <summary>Over the properties of a connector, or over those of an adapter's command line.</summary>
    /// <param name="properties">Names and values; of two names that differ by case the last wins.</param>
    /// <param name="path">Path for problems: project/contquery/window/connector.</param>
    /// <param name="position">Where the connector stands.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public PropertyReader(
        IEnumerable<KeyValuePair<string, string>> properties, string path, TextPosition position, ICollection<Problem> problems)
    {
        foreach (var (name, value) in properties)
        {
            _values[name] = Unquote(value);
        }

        _path = path;
        _position = position;
        _problems = problems;
    }

    /// <summary>The text of a property, or what to take when it is missing or empty.</summary>
    public string Text(string name, string missing = "") =>
        _asked.Add(name) is var _ && _values.TryGetValue(name, out var value) && value.Length > 0 ? value : missing;

    /// <summary>The text of a property that must be there.</summary>
    public string Required(string name)
    {
        var value = Text(name);
        if (value.Length == 0)
        {
            Error(ProblemCode.MissingProperty, $"Property '{name}' is missing.");
        }

        return value;
    }

    /// <summary>true or false, in any case; also 1 and 0.</summary>
    public bool Flag(string name, bool missing = false)
    {
        var value = Text(name);
        switch (value.ToUpperInvariant())
        {
            case "": return missing;
            case "TRUE" or "1" or "YES": return true;
            case "FALSE" or "0" or "NO": return false;
            default:
                Error(ProblemCode.InvalidProperty, $"Property '{name}' must be true or false, not '{value}'.");
                return missing;
        }
    }

    /// <summary>True for a property that is there and neither false nor 0; does not count as asked for.</summary>
    public bool IsSet(string name) =>
        _values.TryGetValue(name, out var value) && value.ToUpperInvariant() is not ("" or "0" or "FALSE" or "NO");

    /// <summary>A whole number not below a bound.</summary>
    public int Number(string name, int missing, int least = 0)
    {
        var value = Text(name);
        if (value.Length == 0)
        {
            return missing;
        }

        if (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least)
        {
            return number;
        }

        Error(ProblemCode.InvalidProperty, $"Property '{name}' must be a whole number not below {least}, not '{value}'.");
        return missing;
    }

    /// <summary>A port of a server: 1 to 65535.</summary>
    public int Port(string name, int missing)
    {
        var port = Number(name, missing, least: 1);
        if (port <= ushort.MaxValue)
        {
            return port;
        }

        Error(ProblemCode.InvalidProperty, $"Property '{name}' is a port, 1 to {ushort.MaxValue}, not {port}.");
        return missing;
    }

    /// <summary>One of some words, in any case; gives it in lower case.</summary>
    public string OneOf(string name, string missing, params ReadOnlySpan<string> words)
    {
        var value = Text(name).ToLowerInvariant();
        if (value.Length == 0 || words.Contains(value))
        {
            return value.Length == 0 ? missing : value;
        }

        Error(ProblemCode.InvalidProperty, $"Property '{name}' must be one of {string.Join(", ", words)}, not '{value}'.");
        return missing;
    }

    /// <summary>All values by name, for a reader of its own that knows these names; problems it finds go to <see cref="Error"/>.</summary>
    public IReadOnlyDictionary<string, string> For(params ReadOnlySpan<string> names)
    {
        Ignore(names);
        return _values;
    }

    /// <summary>Accepts a property that has no effect here.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _asked.Add(name);
        }
    }

    /// <summary>Warns of every property that nobody has asked for.</summary>
    public void WarnOfUnknown()
    {
        foreach (var name in _values.Keys.Where(n => !_asked.Contains(n)).Order(StringComparer.Ordinal))
        {
            _problems.Add(new Problem(
                ProblemSeverity.Warning, ProblemCode.UnknownProperty, _path, _position, $"Property '{name}' is not known and has no effect."));
        }
    }

    /// <summary>Adds an error.</summary>
    public void Error(string code, string message) =>
        _problems.Add(new Problem(ProblemSeverity.Error, code, _path, _position, message));

    /// <summary>Models carry values in one kind of quotes (<c>'%Y-%m-%d %H:%M:%S</c> even lacks the second).</summary>
    private static string Unquote(string value)
    {
        var text = value.Trim();
        if (text.Length > 1 && (text[0] is '"' or '\'') && text[^1] == text[0])
        {
            return text[1..^1];
        }

        if (text.StartsWith("url=", StringComparison.Ordinal))
        {
            return text;
        }

        return text.StartsWith('\'') ? text[1..] : text;
    }
}
