using System.Collections.Immutable;

namespace Lockstep.Engine.Expressions;

/// <summary>The functions that ask what a value is, or convert it.</summary>
internal static class ValueFunctions
{
    /// <summary>The functions of this group.</summary>
    public static ImmutableArray<ExpressionFunction> All { get; } =
    [
        ExpressionFunction.Special(CallForms.IsNull, "isnull", "value", "True for null.", "isnull(null)", "1"),
        Of("isblank", "text", "True for null, for an empty text and for blanks.", "isblank('  ')", "1"),
        Of("isnumber", "text", "True when the text reads as a number.", "isnumber('1e3')", "1"),
        Of("isalpha", "text", "True when there is text, of letters alone.", "isalpha('ab1')", "0"),
        ExpressionFunction.Special(CallForms.TypeOf, "typeof", "value",
            "The name of the value's type: integer, real, string, boolean or date.", "typeof(1.5)", "real"),
        ExpressionFunction.Special(CallForms.InList, "inlist", "value, item, ...", "True when the value equals an item.",
            "inlist(3, 1, 2, 3)", "1"),
        ExpressionFunction.Special(CallForms.Parameter, "parameter", "number",
            "In a user function: an argument of its call, from 1; the number is written out.",
            "parameter(1) & '!'", "first!"),
        ExpressionFunction.Special(CallForms.ParameterCount, "parametercount", "", "In a user function: how many arguments its call has.",
            "parametercount()", "1"),
        ExpressionFunction.Special(CallForms.Convert, "tointeger", "value", "A whole number: decimals are cut off; null when it is none.",
            "tointeger('12.9')", "12"),
        ExpressionFunction.Special(CallForms.Convert, "toreal", "value", "A real number; null when it is none.", "toreal('1.5') * 2", "3"),
        ExpressionFunction.Special(CallForms.Convert, "toboolean", "value", "True for `true` and for numbers other than 0.",
            "toboolean('true')", "1"),
        ExpressionFunction.Special(CallForms.Convert, "tostring", "value", "The value as text.", "tostring(1.50) & '!'", "1.5!"),
        Of("locale", "", "The language of texts, which never changes.", "locale()", "en_US"),
    ];

    public static bool? IsBlank(string? text) => string.IsNullOrWhiteSpace(text);

    public static bool? IsNumber(string? text) => Coercion.ToReal(text) is not null;

    public static bool? IsAlpha(string? text) => !string.IsNullOrEmpty(text) && text.All(char.IsLetter);

    public static string? Locale() => "en_US";

    private static ExpressionFunction Of(string name, string parameters, string meaning, string example, string? result) =>
        ExpressionFunction.Of(typeof(ValueFunctions), name, parameters, meaning, example, result);
}
