using KeraLua;
using LuaNative = KeraLua.Lua;

namespace Lockstep.Scripting.Lua;

/// <summary>A plain key of a table, with an order: numbers, text by its bytes, false, true.</summary>
internal readonly record struct LuaKey(LuaType Type, long Whole, double Real, byte[]? Text) : IComparable<LuaKey>
{
    private bool IsWhole => Type == LuaType.Number && double.IsNaN(Real);

    /// <summary>The plain keys of the table on top, in order; keys that are no plain values are left out.</summary>
    public static List<LuaKey> SortedOf(LuaNative state)
    {
        var keys = new List<LuaKey>();
        state.PushNil();
        while (state.Next(-2))
        {
            state.Pop(1);
            if (state.Type(-1) is LuaType.Number or LuaType.String or LuaType.Boolean)
            {
                keys.Add(Of(state));
            }
        }

        keys.Sort();
        return keys;
    }

    public void Push(LuaNative state)
    {
        switch (Type)
        {
            case LuaType.String: state.PushBuffer(Text!); break;
            case LuaType.Boolean: state.PushBoolean(Whole != 0); break;
            case LuaType.Number when IsWhole: state.PushInteger(Whole); break;
            default: state.PushNumber(Real); break;
        }
    }

    public int CompareTo(LuaKey other)
    {
        if (Type != other.Type)
        {
            return Rank.CompareTo(other.Rank);
        }

        return Type switch
        {
            LuaType.String => Text.AsSpan().SequenceCompareTo(other.Text),
            LuaType.Number when IsWhole && other.IsWhole => Whole.CompareTo(other.Whole),
            LuaType.Number => Number.CompareTo(other.Number),
            _ => Whole.CompareTo(other.Whole),
        };
    }

    private int Rank => Type switch { LuaType.Number => 1, LuaType.String => 2, _ => 3 };

    private double Number => IsWhole ? Whole : Real;

    // No key is NaN, so that stands for a whole number.
    private static LuaKey Of(LuaNative state) => state.Type(-1) switch
    {
        LuaType.String => new(LuaType.String, 0, 0, state.ToBuffer(-1, false)),
        LuaType.Boolean => new(LuaType.Boolean, state.ToBoolean(-1) ? 1 : 0, 0, null),
        _ when state.IsInteger(-1) => new(LuaType.Number, state.ToInteger(-1), double.NaN, null),
        _ => new(LuaType.Number, 0, state.ToNumber(-1), null),
    };
}
