namespace Lockstep.Scripting.Lua;

/// <summary>The code that runs in a new state before any of a model.</summary>
internal static class LuaPrelude
{
    public static string Code { get; } = Resource.Read("prelude.lua");
}
