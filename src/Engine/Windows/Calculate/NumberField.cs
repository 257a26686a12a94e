using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows.Compute;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>Puts numbers that are computed as doubles into columns of the field's type.</summary>
internal static class NumberField
{
    /// <summary>Appends a number, truncated where the field is of whole numbers, as in expressions; null where it does not hold it.</summary>
    public static void Append(Column target, double? value)
    {
        switch (target)
        {
            case Column<double> c when value is { } real:
                c.Append(real);
                break;
            case Column<long> c when ToWhole(value, target.Type) is { } whole:
                c.Append(whole);
                break;
            case Column<decimal> c when FieldWriters.ToMoney(value) is { } amount:
                c.Append(amount);
                break;
            default:
                target.AppendNull();
                break;
        }
    }

    /// <summary>The number truncated; null beyond what the field, or an item of it, holds.</summary>
    public static long? ToWhole(double? value, FieldType type) =>
        FieldWriters.ToWhole(Coercion.ToInteger(value), type);
}
