using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Lockstep.Engine.Expressions;

/// <summary>All functions of the general language, in groups; compiler, messages and the reference page read this table.</summary>
internal static class ExpressionFunctions
{
    /// <summary>The groups in the order of the reference page, each with its heading.</summary>
    public static ImmutableArray<(string Heading, ImmutableArray<ExpressionFunction> Functions)> Groups { get; } =
    [
        ("Values and types", ValueFunctions.All),
        ("Numbers", NumberFunctions.All),
        ("Text", TextFunctions.All),
        ("Dates", DateFunctions.All),
    ];

    private static readonly FrozenDictionary<string, ExpressionFunction> ByName = Groups
        .SelectMany(g => g.Functions).ToFrozenDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    // Why a function of the original's language is refused.
    private static readonly FrozenDictionary<string, string> Refused = Reasons()
        .SelectMany(r => r.Names.Split(' ').Select(n => (Name: n, r.Reason)))
        .ToFrozenDictionary(r => r.Name, r => r.Reason, StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of functions that are refused, with the reason.</summary>
    public static IEnumerable<(string Names, string Reason)> Reasons() =>
    [
        ("sleep", "an event must not wait"),
        ("rand username is_preview_mode", "its value is not the same on every member of a group"),
        ("raiseevent sendnodes execute email mail", "an expression reaches nothing outside of the engine"),
        ("open close readline readbytes writeline writebytes seekbegin seekcurrent seekend filedate fileexists copyfile deletefile movefile "
            + "position dbconnect dbcursor dbexecute select begintransaction commit rollback",
                "an expression has no files and no databases"),
        ("pushrow readrow rowestimate seteof setoutputslot setfieldvalue", "a window has no rows to step through"),
        ("vareval varset getvar setvar", "names of variables are checked before the project starts"),
    ];

    /// <summary>A function by name; null when there is none.</summary>
    public static ExpressionFunction? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Why a function is refused; null for others.</summary>
    public static string? WhyRefused(string name) => Refused.GetValueOrDefault(name);

    /// <summary>All names, sorted.</summary>
    public static string Names { get; } = string.Join(", ", ByName.Keys.Order(StringComparer.Ordinal));
}
