using System.Globalization;

namespace Lockstep.Manager.Web.Projects;

/// <summary>The number of a published version, major.minor.</summary>
internal readonly record struct ProjectVersion(int Major, int Minor)
{
    /// <summary>The version of a project that is published for the first time.</summary>
    public static ProjectVersion First => new(1, 0);

    /// <summary>Reads <c>2.1</c>; null when it is not two numbers with a dot.</summary>
    public static ProjectVersion? Parse(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
                ? new ProjectVersion(major, minor)
                : null;
    }

    /// <summary>The next one.</summary>
    /// <param name="isMajor">True: the next major with minor 0.</param>
    public ProjectVersion Next(bool isMajor) => isMajor ? new(Major + 1, 0) : new(Major, Minor + 1);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
