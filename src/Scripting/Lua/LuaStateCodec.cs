using KeraLua;
using LuaNative = KeraLua.Lua;

namespace Lockstep.Scripting.Lua;

/// <summary>
/// Writes what a script remembers and puts it back. What it remembers: its globals, and the upvalues (locals outside) of the
/// functions that loading made, with all plain values and tables that can be reached from there. Functions that loading made are
/// written by their number in a walk, since loading makes the same ones again; closures made later, coroutines and the like
/// are left out. Keys are written in order, so equal states give equal bytes. A table is written once: further
/// places refer to it.
/// <code>
/// i32 globals | per global: text name, value | i32 functions | per function: i32 upvalues | per upvalue: value
/// value: u8 tag, then by tag: i64 | f64 | bytes | table (i32 entries, key and value each, metatable) | i32 number
/// </code>
/// </summary>
internal sealed partial class LuaStateCodec(LuaNative state)
{
    private const int DepthMax = 180;

    // References from here keep functions and tables alive, so that no pointer ever names another object.
    private readonly Dictionary<IntPtr, int> _library = [];
    private readonly Dictionary<IntPtr, int> _functions = [];
    private readonly Dictionary<string, IntPtr> _baseline = new(StringComparer.Ordinal);
    private readonly List<int> _functionRefs = [];
    private readonly List<int> _libraryRefs = [];

    private enum Tag : byte
    {
        Nil,
        False,
        True,
        Whole,
        Real,
        Text,
        Table,
        Known,
        Function,
        Library,
        Globals,
        Omitted,
    }

    /// <summary>What the last <see cref="Save"/> left out; null for nothing.</summary>
    public string? Omitted { get; private set; }

    /// <summary>Remembers what is there before any code of a model: none of it is state.</summary>
    public void TakeBaseline()
    {
        state.PushGlobalTable();
        foreach (var name in SortedNames())
        {
            state.PushString(name);
            state.RawGet(-2);
            Add(_library, _libraryRefs);
            if (state.Type(-1) == LuaType.Table && !name.StartsWith("__esp", StringComparison.Ordinal))
            {
                foreach (var entry in SortedNames())
                {
                    state.PushString(entry);
                    state.RawGet(-2);
                    Add(_library, _libraryRefs);
                    state.Pop(1);
                }
            }

            if (!name.StartsWith("__esp", StringComparison.Ordinal))
            {
                _baseline[name] = state.ToPointer(-1);
            }

            state.Pop(1);
        }

        state.SetTop(0);
    }

    /// <summary>Numbers the functions that loading made, from the globals through tables and upvalues.</summary>
    public void NameFunctions()
    {
        var seen = new HashSet<IntPtr>();
        state.PushGlobalTable();
        foreach (var name in SortedNames())
        {
            state.PushString(name);
            state.RawGet(-2);
            Walk(seen, 0);
            state.Pop(1);
        }

        state.SetTop(0);
    }

    /// <summary>The state.</summary>
    public byte[] Save()
    {
        Omitted = null;
        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        new LuaStateWriter(this, state, to).Write();
        to.Flush();
        return bytes.ToArray();
    }

    /// <summary>Puts a state back into a script that was just loaded.</summary>
    /// <exception cref="ScriptException">It is damaged, or of other code.</exception>
    public void Load(byte[] bytes)
    {
        using var from = new BinaryReader(new MemoryStream(bytes));
        try
        {
            new LuaStateReader(this, state, from).Read();
        }
        catch (Exception damaged) when (damaged is EndOfStreamException or InvalidDataException or ArgumentException)
        {
            throw new ScriptException($"The state of a script is damaged or of other code: {damaged.Message}", damaged);
        }
        finally
        {
            state.SetTop(0);
        }
    }

    /// <summary>Names of the text keys of the table on top, by their bytes.</summary>
    private List<string> SortedNames()
    {
        var names = new List<string>();
        state.PushNil();
        while (state.Next(-2))
        {
            state.Pop(1);
            if (state.Type(-1) == LuaType.String)
            {
                names.Add(state.ToString(-1, false));
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Numbers what is on top, when it is a function or table that has no number yet.</summary>
    private bool Add(Dictionary<IntPtr, int> numbers, List<int> refs)
    {
        if (state.Type(-1) is not (LuaType.Function or LuaType.Table) || !numbers.TryAdd(state.ToPointer(-1), numbers.Count))
        {
            return false;
        }

        state.PushCopy(-1);
        refs.Add(state.Ref(LuaRegistry.Index));
        return true;
    }

    private void Walk(HashSet<IntPtr> seen, int depth)
    {
        if (depth > DepthMax || !state.CheckStack(8))
        {
            return;
        }

        var pointer = state.ToPointer(-1);
        var type = state.Type(-1);
        if (type is not (LuaType.Function or LuaType.Table) || (type == LuaType.Function && _library.ContainsKey(pointer))
            || !seen.Add(pointer) || IsGlobals())
        {
            return;
        }

        if (state.Type(-1) == LuaType.Function)
        {
            Add(_functions, _functionRefs);
            for (var i = 1; state.GetUpValue(-1, i) is not null; i++)
            {
                Walk(seen, depth + 1);
                state.Pop(1);
            }

            return;
        }

        if (state.GetMetaTable(-1))
        {
            Walk(seen, depth + 1);
            state.Pop(1);
        }

        foreach (var key in LuaKey.SortedOf(state))
        {
            key.Push(state);
            state.RawGet(-2);
            Walk(seen, depth + 1);
            state.Pop(1);
        }
    }

    private bool IsGlobals()
    {
        state.PushGlobalTable();
        var same = state.RawEqual(-1, -2);
        state.Pop(1);
        return same;
    }
}
