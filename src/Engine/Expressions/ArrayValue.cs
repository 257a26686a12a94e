using System.Collections.Immutable;
using Lockstep.Engine.Indexes;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Expressions;

/// <summary>An array variable of a window: items from 1 on, each null until it is set. Part of the window's state.</summary>
internal abstract class ArrayValue
{
    /// <summary>The most items of an array.</summary>
    public const int ItemsMax = 100_000;

    /// <summary>What can be called on an array variable.</summary>
    public static ImmutableArray<ExpressionFunction> All { get; } =
    [
        Of("dim", "[size]", "The number of items; with a size it is changed before: new items are null; null for a size beyond 100,000.",
            "integer array a a.dim(5) return a.dim()", "5"),
        Of("get", "index", "The item; null when there is none.", "integer array a a.dim(2) a.set(2, 7) return a.get(2)", "7"),
        Of("set", "index, value", "The item's former value, which is replaced; an index beyond the size changes nothing.",
            "string array a a.dim(1) a.set(1, 'x') return a.set(1, 'y')", "x"),
    ];

    /// <summary>Sets the size to 0.</summary>
    public abstract void Clear();

    /// <summary>Hash of all items.</summary>
    public abstract ulong Digest();

    /// <summary>Writes size and items.</summary>
    public abstract void WriteState(SnapshotWriter writer);

    /// <summary>Reads what was written.</summary>
    public abstract void ReadState(SnapshotReader reader);

    /// <summary>An empty array of a type.</summary>
    public static ArrayValue Of(ExprType type) => type switch
    {
        ExprType.IntegerArray => new ArrayValue<long?>(
            v => ColumnHash.Of(v!.Value), (w, v) => w.Write(v!.Value), static r => r.ReadInt64()),
        ExprType.RealArray or ExprType.DateArray => new ArrayValue<double?>(
            v => ColumnHash.Of(v!.Value), (w, v) => w.Write(v!.Value), static r => r.ReadDouble()),
        ExprType.BooleanArray => new ArrayValue<bool?>(
            v => v!.Value ? 2UL : 1UL, (w, v) => w.Write(v!.Value), static r => r.ReadBool()),
        _ => new ArrayValue<string?>(
            v => StateHash.Of(v!), (w, v) => w.Write(v), static r => r.ReadText()),
    };

    private static ExpressionFunction Of(string name, string parameters, string meaning, string example, string? result) =>
        ExpressionFunction.Of(typeof(ArrayValue<string?>), name, parameters, meaning, example, result);
}
