using System.Globalization;
using KeraLua;
using LuaNative = KeraLua.Lua;

namespace Lockstep.Scripting.Lua;

/// <summary>The codec's nested writer and reader share its numbers of functions and of the library.</summary>
internal sealed partial class LuaStateCodec
{
    private sealed class LuaStateWriter(LuaStateCodec codec, LuaNative state, BinaryWriter to)
    {
        private readonly Dictionary<IntPtr, int> _tables = [];

        public void Write()
        {
            WriteGlobals();
            to.Write(codec._functionRefs.Count);
            foreach (var function in codec._functionRefs)
            {
                state.RawGetInteger(LuaRegistry.Index, function);
                var count = 0;
                while (state.GetUpValue(-1, count + 1) is not null)
                {
                    state.Pop(1);
                    count++;
                }

                to.Write(count);
                for (var i = 1; i <= count; i++)
                {
                    state.GetUpValue(-1, i);
                    WriteValue("a local", 0);
                    state.Pop(1);
                }

                state.Pop(1);
            }

            state.SetTop(0);
        }

        private void WriteGlobals()
        {
            state.PushGlobalTable();
            var names = new List<string>();
            foreach (var name in codec.SortedNames())
            {
                state.PushString(name);
                state.RawGet(-2);
                if (!codec._baseline.TryGetValue(name, out var pointer) || pointer == IntPtr.Zero || pointer != state.ToPointer(-1))
                {
                    names.Add(name);
                }

                state.Pop(1);
            }

            to.Write(names.Count);
            foreach (var name in names)
            {
                to.Write(name);
                state.PushString(name);
                state.RawGet(-2);
                WriteValue($"global '{name}'", 0);
                state.Pop(1);
            }
        }

        private void WriteValue(string place, int depth)
        {
            switch (state.Type(-1))
            {
                case LuaType.Nil: Put(Tag.Nil); break;
                case LuaType.Boolean: Put(state.ToBoolean(-1) ? Tag.True : Tag.False); break;
                case LuaType.Number when state.IsInteger(-1):
                    Put(Tag.Whole);
                    to.Write(state.ToInteger(-1));
                    break;
                case LuaType.Number:
                    Put(Tag.Real);
                    to.Write(state.ToNumber(-1));
                    break;
                case LuaType.String:
                    Put(Tag.Text);
                    WriteBytes(state.ToBuffer(-1, false));
                    break;
                case LuaType.Table or LuaType.Function: WriteObject(place, depth); break;
                default: Omit(place); break;
            }
        }

        private void WriteObject(string place, int depth)
        {
            var pointer = state.ToPointer(-1);
            if (codec._library.TryGetValue(pointer, out var number) && !IsOwn(pointer))
            {
                Put(Tag.Library, number);
            }
            else if (codec.IsGlobals())
            {
                Put(Tag.Globals);
            }
            else if (codec._functions.TryGetValue(pointer, out number))
            {
                Put(Tag.Function, number);
            }
            else if (_tables.TryGetValue(pointer, out number))
            {
                Put(Tag.Known, number);
            }
            else if (state.Type(-1) == LuaType.Table && depth < DepthMax && state.CheckStack(8))
            {
                WriteTable(pointer, place, depth);
            }
            else
            {
                Omit(place);
            }
        }

        // Tables of the prelude that scripts fill: they are state.
        private bool IsOwn(IntPtr pointer)
        {
            if (state.Type(-1) != LuaType.Table)
            {
                return false;
            }

            foreach (var name in OwnTables)
            {
                state.PushGlobalTable();
                state.PushString(name);
                state.RawGet(-2);
                var same = state.ToPointer(-1) == pointer;
                state.Pop(2);
                if (same)
                {
                    return true;
                }
            }

            return false;
        }

        private void WriteTable(IntPtr pointer, string place, int depth)
        {
            _tables.Add(pointer, _tables.Count);
            Put(Tag.Table);
            var keys = LuaKey.SortedOf(state);
            to.Write(keys.Count);
            foreach (var key in keys)
            {
                key.Push(state);
                WriteValue(place, depth + 1);
                state.RawGet(-2);
                WriteValue(place, depth + 1);
                state.Pop(1);
            }

            if (CountKeys() > keys.Count)
            {
                codec.Omitted ??= $"{place}: a key that is no plain value";
            }

            if (state.GetMetaTable(-1))
            {
                WriteValue(place, depth + 1);
                state.Pop(1);
            }
            else
            {
                Put(Tag.Nil);
            }
        }

        private int CountKeys()
        {
            var count = 0;
            state.PushNil();
            while (state.Next(-2))
            {
                state.Pop(1);
                count++;
            }

            return count;
        }

        private void Omit(string place)
        {
            codec.Omitted ??= string.Create(CultureInfo.InvariantCulture,
                $"{place}: a {state.Type(-1).ToString().ToLowerInvariant()} made while it ran");
            Put(Tag.Omitted);
        }

        private void WriteBytes(byte[] bytes)
        {
            to.Write(bytes.Length);
            to.Write(bytes);
        }

        private void Put(Tag tag) => to.Write((byte)tag);

        private void Put(Tag tag, int number)
        {
            Put(tag);
            to.Write(number);
        }
    }

    private static readonly string[] OwnTables = ["__esp_properties", "__esp_listeners", "__esp_loaded"];
}
