using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>What the value of a parameter is.</summary>
public enum AlgorithmParameterType
{
    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number.</summary>
    Real,

    /// <summary>Numbers with commas between them.</summary>
    Reals,

    /// <summary>0 or 1.</summary>
    Flag,

    /// <summary>One of some words, letters of either case.</summary>
    Word,

    /// <summary>Any text.</summary>
    Text,
}

/// <summary>A parameter of an algorithm.</summary>
/// <param name="Name">Its name as models write it.</param>
/// <param name="Type">What its value is.</param>
/// <param name="Default">The value when the model gives none; empty for none.</param>
/// <param name="Meaning">What it does.</param>
public sealed record AlgorithmParameter(string Name, AlgorithmParameterType Type, string Default, string Meaning)
{
    /// <summary>The smallest number.</summary>
    public double Least { get; init; } = double.MinValue;

    /// <summary>The largest number.</summary>
    public double Most { get; init; } = double.MaxValue;

    /// <summary>The words it may be.</summary>
    public ImmutableArray<string> Words { get; init; } = [];

    /// <summary>What it may be, as the end of a sentence.</summary>
    public string Range => Type switch
    {
        AlgorithmParameterType.Flag => "0 or 1",
        AlgorithmParameterType.Word => $"one of {string.Join(", ", Words)}",
        AlgorithmParameterType.Text => "text",
        AlgorithmParameterType.Reals => $"numbers{Bounds} with commas between them",
        AlgorithmParameterType.Real => $"a number{Bounds}",
        _ => $"a whole number{Bounds}",
    };

    private string Bounds => (Least > double.MinValue, Most < double.MaxValue) switch
    {
        (true, true) => $" from {Text(Least)} to {Text(Most)}",
        (true, false) => $" of at least {Text(Least)}",
        (false, true) => $" of at most {Text(Most)}",
        _ => "",
    };

    /// <summary>True when a text is a value it may have.</summary>
    public bool Accepts(string text) => Type switch
    {
        AlgorithmParameterType.Flag => text is "0" or "1" or "true" or "false",
        AlgorithmParameterType.Word => Words.Contains(text, StringComparer.OrdinalIgnoreCase),
        AlgorithmParameterType.Text => true,
        AlgorithmParameterType.Reals => text.Split(',').All(IsInRange),
        AlgorithmParameterType.Real => IsInRange(text),
        _ => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) && IsInRange(text),
    };

    private bool IsInRange(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= Least && value <= Most;

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
