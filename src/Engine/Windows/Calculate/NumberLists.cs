using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>Reads and writes lists of numbers; a length in a snapshot is not trusted with memory before the numbers came.</summary>
internal static class NumberLists
{
    public static List<double> ReadNumbers(SnapshotReader reader, int count)
    {
        var numbers = new List<double>();
        for (var i = 0; i < count; i++)
        {
            numbers.Add(reader.ReadDouble());
        }

        return numbers;
    }

    public static void WriteNumbers(SnapshotWriter writer, ReadOnlySpan<double> numbers)
    {
        writer.Write(numbers.Length);
        foreach (var number in numbers)
        {
            writer.Write(number);
        }
    }

    /// <summary>Reads what <see cref="WriteNumbers"/> wrote; there must be as many as the target has room for.</summary>
    /// <exception cref="SnapshotFormatException">There are not.</exception>
    public static void ReadNumbers(SnapshotReader reader, double[] target)
    {
        if (reader.ReadCount() != target.Length)
        {
            throw new SnapshotFormatException("The snapshot is damaged: a list of numbers has another length.");
        }

        for (var i = 0; i < target.Length; i++)
        {
            target[i] = reader.ReadDouble();
        }
    }
}
