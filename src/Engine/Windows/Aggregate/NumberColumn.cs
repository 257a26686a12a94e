using Lockstep.Contracts.Events;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Reads numbers of any type as doubles.</summary>
internal static class NumberColumn
{
    /// <summary>True for types that can be summed.</summary>
    public static bool IsNumber(FieldType type) =>
        type is FieldType.Int32 or FieldType.Int64 or FieldType.Double or FieldType.Money;

    /// <summary>True for times.</summary>
    public static bool IsTime(FieldType type) => type is FieldType.Date or FieldType.Stamp;

    /// <summary>A value that is not null.</summary>
    public static double At(Column column, int row) => column switch
    {
        Column<double> doubles => doubles[row],
        Column<long> wholes => wholes[row],
        Column<decimal> amounts => (double)amounts[row],
        _ => throw new InvalidOperationException($"{column.Type} is no number."),
    };
}
