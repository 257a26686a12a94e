namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>Makes the entries of the table, short.</summary>
internal static class AlgorithmParts
{
    public static AlgorithmParameter Whole(string name, long least, long most, string value, string meaning) =>
        new(name, AlgorithmParameterType.Whole, value, meaning) { Least = least, Most = most };

    public static AlgorithmParameter Real(string name, double least, double most, string value, string meaning) =>
        new(name, AlgorithmParameterType.Real, value, meaning) { Least = least, Most = most };

    public static AlgorithmParameter Flag(string name, string value, string meaning) =>
        new(name, AlgorithmParameterType.Flag, value, meaning);

    public static AlgorithmParameter Text(string name, string value, string meaning) =>
        new(name, AlgorithmParameterType.Text, value, meaning);

    public static AlgorithmParameter Word(string name, string value, string meaning, params ReadOnlySpan<string> words) =>
        new(name, AlgorithmParameterType.Word, value, meaning) { Words = [.. words] };

    public static AlgorithmParameter WindowLength(string value, string meaning) =>
        Whole("windowLength", 0, AlgorithmTable.WindowLengthMax, value, meaning);

    public static AlgorithmRole In(string name, string meaning, AlgorithmRoleType type = AlgorithmRoleType.Number) =>
        new(name, type, meaning) { IsRequired = true };

    public static AlgorithmRole Out(string name, string meaning, AlgorithmRoleType type = AlgorithmRoleType.Number) => new(name, type, meaning);

    public static AlgorithmRole Repeat(string name, string input) =>
        new(name, AlgorithmRoleType.Any, $"The value of {input}.") { Repeats = input, MayBeKey = true };
}
