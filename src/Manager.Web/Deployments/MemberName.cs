using System.Globalization;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>What a member does in its group.</summary>
internal enum MemberKind
{
    /// <summary>Reads the file into the inbound topic.</summary>
    Input,

    /// <summary>Runs the model.</summary>
    Engine,

    /// <summary>Writes the outbound topic to a file.</summary>
    Output,
}

/// <summary>A member's name with its kind.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Name">input-1, engine-a, output-1.</param>
internal readonly record struct MemberName(MemberKind Kind, string Name)
{
    /// <summary>The elections of a group: inputs, engines, outputs.</summary>
    public string FailoverGroup => Kind switch
    {
        MemberKind.Input => "inputs",
        MemberKind.Engine => "engines",
        _ => "outputs",
    };

    /// <summary>input-1, ...</summary>
    public static MemberName Input(int number) => new(MemberKind.Input, Numbered("input", number));

    /// <summary>engine-a, engine-b, ...; engine-27 after z.</summary>
    public static MemberName Engine(int number) => new(
        MemberKind.Engine, number <= 26 ? $"engine-{(char)('a' + number - 1)}" : Numbered("engine", number));

    /// <summary>output-1, ...</summary>
    public static MemberName Output(int number) => new(MemberKind.Output, Numbered("output", number));

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static string Numbered(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");
}
