using System.Globalization;
using KeraLua;
using LuaState = KeraLua.Lua;

namespace Lockstep.Scripting.Lua;

/// <summary>Moves values between the host and a Lua stack. Raw access only: nothing here calls code of a script.</summary>
internal static class LuaValues
{
    private const int DepthMax = 64;

    public static void Push(LuaState state, object? value, int depth = 0)
    {
        if (depth > DepthMax || !state.CheckStack(4))
        {
            throw new ScriptException($"A value nests deeper than {DepthMax}.");
        }

        switch (value)
        {
            case null: state.PushNil(); break;
            case bool flag: state.PushBoolean(flag); break;
            case int whole: state.PushInteger(whole); break;
            case long whole: state.PushInteger(whole); break;
            case double real: state.PushNumber(real); break;
            case string text: state.PushString(text); break;
            case byte[] bytes: state.PushBuffer(bytes); break;
            case List<object?> list:
                state.CreateTable(list.Count, 0);
                for (var i = 0; i < list.Count; i++)
                {
                    Push(state, list[i], depth + 1);
                    state.RawSetInteger(-2, i + 1);
                }

                break;
            case Dictionary<string, object?> map:
                state.CreateTable(0, map.Count);
                foreach (var (key, item) in map)
                {
                    state.PushString(key);
                    Push(state, item, depth + 1);
                    state.RawSet(-3);
                }

                break;
            default: throw new ScriptException($"A {value.GetType().Name} is no value of a script.");
        }
    }

    /// <summary>The value at an index: a table of nothing but 1 to n is a list, an empty one too; any other a map.</summary>
    /// <exception cref="ScriptException">It nests too deep, in a circle perhaps, or is a function or the like.</exception>
    public static object? Get(LuaState state, int index, int depth = 0)
    {
        switch (state.Type(index))
        {
            case LuaType.Nil or LuaType.None: return null;
            case LuaType.Boolean: return state.ToBoolean(index);
            case LuaType.Number when state.IsInteger(index): return state.ToInteger(index);
            case LuaType.Number: return state.ToNumber(index);
            case LuaType.String: return TextOf(state, index);
            case LuaType.Table when depth > DepthMax || !state.CheckStack(4):
                throw new ScriptException($"A table nests deeper than {DepthMax}, in a circle perhaps.");
            case LuaType.Table: return GetTable(state, state.AbsIndex(index), depth);
            default: throw new ScriptException($"A value is a {state.Type(index).ToString().ToLowerInvariant()}; only plain values can be given on.");
        }
    }

    private static object GetTable(LuaState state, int index, int depth)
    {
        var length = state.RawLen(index);
        var list = new List<object?>(length);
        Dictionary<string, object?>? map = null;
        state.PushNil();
        while (state.Next(index))
        {
            var value = Get(state, -1, depth + 1);
            state.Pop(1);
            if (state.IsInteger(-1) && state.ToInteger(-1) is var at && at >= 1 && at <= length)
            {
                // Lua walks the array part in order; what lies in the hash part may come in any.
                while (list.Count < at)
                {
                    list.Add(null);
                }

                list[(int)at - 1] = value;
            }
            else
            {
                map ??= new Dictionary<string, object?>(StringComparer.Ordinal);
                map[KeyOf(state)] = value;
            }
        }

        if (map is null)
        {
            return list;
        }

        for (var i = 0; i < list.Count; i++)
        {
            map[(i + 1).ToString(CultureInfo.InvariantCulture)] = list[i];
        }

        return map;
    }

    // Converting the key itself on the stack would break the walk.
    private static string KeyOf(LuaState state) => state.Type(-1) switch
    {
        LuaType.String => TextOf(state, -1),
        LuaType.Number when state.IsInteger(-1) => state.ToInteger(-1).ToString(CultureInfo.InvariantCulture),
        LuaType.Number => ScriptText.Of(state.ToNumber(-1)),
        LuaType.Boolean => state.ToBoolean(-1) ? "true" : "false",
        _ => throw new ScriptException("A table has a key that is no plain value."),
    };

    private static string TextOf(LuaState state, int index) => state.ToString(index, false);
}
