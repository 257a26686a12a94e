using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using KeraLua;
using LuaNative = KeraLua.Lua;

namespace Lockstep.Scripting.Lua;

/// <summary>Compiles Lua without running it.</summary>
internal static class LuaSyntax
{
    public static ImmutableArray<ScriptFault?> Check(IReadOnlyList<(string Name, string Code)> parts)
    {
        using var state = new LuaNative(openLibs: false) { Encoding = Encoding.UTF8 };
        return [.. parts.Select(part => Check(state, part.Name, part.Code))];
    }

    /// <summary>Compiles a part and leaves it on the stack, or nothing when it does not compile.</summary>
    public static ScriptFault? Load(LuaNative state, string name, string code)
    {
        if (state.LoadBuffer(Encoding.UTF8.GetBytes(code), $"={name}", "t") == LuaStatus.OK)
        {
            return null;
        }

        var message = state.ToString(-1, false);
        state.Pop(1);

        // name:line: what; the name may have colons of its own, and Lua cuts a long one.
        var end = message.IndexOf(": ", StringComparison.Ordinal);
        var start = end < 0 ? -1 : message.LastIndexOf(':', end - 1);
        return start >= 0 && int.TryParse(message.AsSpan(start + 1, end - start - 1), CultureInfo.InvariantCulture, out var line)
            ? new ScriptFault(name, line, 0, message)
            : new ScriptFault(name, 1, 0, message);
    }

    private static ScriptFault? Check(LuaNative state, string name, string code)
    {
        var fault = Load(state, name, code);
        state.SetTop(0);
        return fault;
    }
}
