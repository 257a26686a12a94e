using System.Text;
using KeraLua;
using LuaNative = KeraLua.Lua;

namespace Lockstep.Scripting.Lua;

/// <summary>
/// A Lua script in a state of its own. Functions run on a coroutine, so that the hook that counts instructions can end them by a
/// yield, which no pcall of the script catches; code without yields (comparisons of a sort) gets an error.
/// Not thread safe.
/// </summary>
public sealed class LuaScript : IScript
{
    private const int HookEvery = 1000;
    private readonly LuaMemory _memory;
    private readonly LuaNative _main;
    private readonly LuaNative _thread;
    private readonly ScriptApi _api;
    private readonly LuaFunction _ask;
    private readonly LuaHookFunction _hook;
    private readonly LuaStateCodec _codec;
    private readonly ScriptSource _source;
    private long _left;

    private LuaScript(ScriptSource source, ScriptClock clock, IScriptHost host)
    {
        _source = source;
        _api = new ScriptApi(source, clock, host);
        _memory = new LuaMemory(source.Grants.MemoryMb * 1024L * 1024);
        _ask = Ask;
        _hook = Count;
        _main = new LuaNative(_memory.Allocator, IntPtr.Zero) { Encoding = Encoding.UTF8 };
        _main.OpenLibs();
        _thread = _main.NewThread();
        _thread.Encoding = Encoding.UTF8;
        _codec = new LuaStateCodec(_main);
    }

    /// <inheritdoc/>
    public string? Omitted => _codec.Omitted;

    /// <summary>Loads a script: modules, code, then its init function.</summary>
    /// <exception cref="ScriptException">It has an error.</exception>
    public static LuaScript Load(ScriptSource source, ScriptClock clock, IScriptHost host)
    {
        var script = new LuaScript(source, clock, host);
        try
        {
            script.Load();
            return script;
        }
        catch (ScriptException)
        {
            script.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Has(string function)
    {
        _main.PushGlobalTable();
        _main.PushString(function);
        var found = _main.RawGet(-2) == LuaType.Function;
        _main.SetTop(-3);
        return found;
    }

    /// <inheritdoc/>
    public object? Call(string function, int results, params object?[] arguments)
    {
        _thread.PushGlobalTable();
        _thread.PushString(function);
        if (_thread.RawGet(-2) != LuaType.Function)
        {
            _thread.SetTop(0);
            throw new ScriptException($"There is no function '{function}'.");
        }

        _thread.Remove(1);
        return Run(arguments, results);
    }

    /// <inheritdoc/>
    public object?[] CallEach(string function, IReadOnlyList<object?[]> calls)
    {
        var results = new object?[calls.Count];
        for (var i = 0; i < results.Length; i++)
        {
            try
            {
                results[i] = Call(function, 1, calls[i]);
            }
            catch (ScriptException error)
            {
                results[i] = error;
            }
        }

        return results;
    }

    /// <inheritdoc/>
    public byte[] SaveState() => _codec.Save();

    /// <inheritdoc/>
    public byte[] StateDigest() => _codec.Save();

    /// <inheritdoc/>
    public void LoadState(byte[] state) => _codec.Load(state);

    /// <inheritdoc/>
    public void Dispose()
    {
        _main.Dispose();
        _memory.Release();
    }

    private void Load()
    {
        RunChunk(LuaPrelude.Code, "prelude", () =>
        {
            _thread.PushCFunction(_ask);
            return 1;
        });
        _codec.TakeBaseline();
        foreach (var name in _source.Required)
        {
            var code = _source.ModuleOf(name) ?? throw new ScriptException($"There is no module '{name}'.");
            RunChunk(code, name, () => 0);
        }

        RunChunk(_source.Code, _source.Name, () => 0);
        if (_source.Init is { } init)
        {
            Call(init, 1);
        }

        _codec.NameFunctions();
    }

    private void RunChunk(string code, string name, Func<int> pushArguments)
    {
        if (LuaSyntax.Load(_thread, name, code) is { } fault)
        {
            _thread.SetTop(0);
            throw new ScriptException(fault.Message) { Fault = fault };
        }

        Resume(pushArguments());
        _thread.SetTop(0);
    }

    private object? Run(object?[] arguments, int results)
    {
        try
        {
            foreach (var argument in arguments)
            {
                LuaValues.Push(_thread, argument);
            }

            var count = Resume(arguments.Length);
            var first = _thread.GetTop() - count + 1;
            if (results == 1)
            {
                return count > 0 ? LuaValues.Get(_thread, first) : null;
            }

            var list = new List<object?>(results);
            for (var i = 0; i < results; i++)
            {
                list.Add(i < count ? LuaValues.Get(_thread, first + i) : null);
            }

            return list;
        }
        finally
        {
            _thread.SetTop(0);
        }
    }

    /// <summary>Runs the function on the thread's stack to its end; gives how many results lie on top.</summary>
    private int Resume(int arguments)
    {
        _left = _source.Grants.LuaMillions * 1_000_000L;
        _thread.SetHook(_hook, LuaHookMask.Count, HookEvery);
        _memory.IsLimited = true;
        LuaStatus status;
        int count;
        try
        {
            status = _thread.Resume(null, arguments, out count);
        }
        finally
        {
            _memory.IsLimited = false;
        }

        if (status == LuaStatus.OK)
        {
            return count;
        }

        var message = _left <= 0 ? $"It ran for more than {_source.Grants.LuaMillions} million instructions."
            : status == LuaStatus.Yield ? "It yields outside of a coroutine."
            : status == LuaStatus.ErrMem ? $"It holds more than {_source.Grants.MemoryMb} MB."
            : MessageOf(_thread);
        _thread.ResetThread();
        _thread.SetTop(0);
        throw new ScriptException(message);
    }

    private static string MessageOf(LuaNative state) =>
        state.Type(-1) is LuaType.String or LuaType.Number ? state.ToString(-1, false) : "It ended with an error that is no text.";

    private void Count(IntPtr pointer, IntPtr record)
    {
        _left -= HookEvery;
        if (_left > 0)
        {
            return;
        }

        // Within a hook a yield returns here first; an error would leave this frame by a long jump.
        var state = StateOf(pointer);
        if (state.IsYieldable)
        {
            state.Yield(0);
        }
        else
        {
            state.Error("It ran for too long.");
        }
    }

    private LuaNative StateOf(IntPtr pointer)
    {
        if (pointer == _thread.Handle)
        {
            return _thread;
        }

        // A coroutine of the script.
        var state = LuaNative.FromIntPtr(pointer);
        state.Encoding = Encoding.UTF8;
        return state;
    }

    /// <summary>ask(name, ...) of the prelude: gives true and a value, or false and why not; never an error.</summary>
    private int Ask(IntPtr pointer)
    {
        var wasLimited = _memory.IsLimited;
        _memory.IsLimited = false;
        var state = StateOf(pointer);
        object? value;
        bool isGood;
        try
        {
            var name = state.ToString(1, false);
            var arguments = new object?[Math.Max(state.GetTop() - 1, 0)];
            for (var i = 0; i < arguments.Length; i++)
            {
                arguments[i] = LuaValues.Get(state, i + 2);
            }

            (isGood, value) = (true, _api.Invoke(name, arguments));
        }
        catch (ScriptException error)
        {
            (isGood, value) = (false, error.Message);
        }

        state.PushBoolean(isGood);
        LuaValues.Push(state, value);
        _memory.IsLimited = wasLimited;
        return 2;
    }
}
