using KeraLua;
using LuaNative = KeraLua.Lua;

namespace Lockstep.Scripting.Lua;

/// <summary>Reads what the writer wrote.</summary>
internal sealed partial class LuaStateCodec
{
    private sealed class LuaStateReader(LuaStateCodec codec, LuaNative state, BinaryReader from)
    {
        private readonly List<int> _tables = [];

        public void Read()
        {
            ReadGlobals();
            var functions = from.ReadInt32();
            if (functions != codec._functionRefs.Count)
            {
                throw new InvalidDataException($"It has {functions} functions, the code {codec._functionRefs.Count}.");
            }

            foreach (var function in codec._functionRefs)
            {
                state.RawGetInteger(LuaRegistry.Index, function);
                var count = from.ReadInt32();
                for (var i = 1; i <= count; i++)
                {
                    ReadValue(0);
                    if (state.SetUpValue(-2, i) is null)
                    {
                        throw new InvalidDataException("A function has fewer locals than it had.");
                    }
                }

                state.Pop(1);
            }

            foreach (var table in _tables)
            {
                state.Unref(LuaRegistry.Index, table);
            }
        }

        private void ReadGlobals()
        {
            state.PushGlobalTable();
            var left = codec.SortedNames().Where(n => !codec._baseline.ContainsKey(n)).ToHashSet(StringComparer.Ordinal);
            var count = from.ReadInt32();
            for (var i = 0; i < count; i++)
            {
                var name = from.ReadString();
                left.Remove(name);
                state.PushString(name);
                ReadValue(0);
                state.RawSet(-3);
            }

            foreach (var name in left)
            {
                state.PushString(name);
                state.PushNil();
                state.RawSet(-3);
            }

            state.Pop(1);
        }

        private void ReadValue(int depth)
        {
            if (depth > DepthMax + 1 || !state.CheckStack(8))
            {
                throw new InvalidDataException("It nests too deep.");
            }

            switch ((Tag)from.ReadByte())
            {
                case Tag.Nil or Tag.Omitted: state.PushNil(); break;
                case Tag.False: state.PushBoolean(false); break;
                case Tag.True: state.PushBoolean(true); break;
                case Tag.Whole: state.PushInteger(from.ReadInt64()); break;
                case Tag.Real: state.PushNumber(from.ReadDouble()); break;
                case Tag.Text: state.PushBuffer(ReadBytes()); break;
                case Tag.Globals: state.PushGlobalTable(); break;
                case Tag.Function: PushOf(codec._functionRefs); break;
                case Tag.Library: PushOf(codec._libraryRefs); break;
                case Tag.Known: PushOf(_tables); break;
                case Tag.Table: ReadTable(depth); break;
                default: throw new InvalidDataException("A value has an unknown tag.");
            }
        }

        private void ReadTable(int depth)
        {
            state.NewTable();
            state.PushCopy(-1);
            _tables.Add(state.Ref(LuaRegistry.Index));
            var count = from.ReadInt32();
            for (var i = 0; i < count; i++)
            {
                ReadValue(depth + 1);
                if (state.Type(-1) is LuaType.Nil)
                {
                    throw new InvalidDataException("A key is missing.");
                }

                ReadValue(depth + 1);
                state.RawSet(-3);
            }

            ReadValue(depth + 1);
            if (state.Type(-1) == LuaType.Table)
            {
                state.SetMetaTable(-2);
            }
            else
            {
                state.Pop(1);
            }
        }

        private void PushOf(List<int> references)
        {
            var number = from.ReadInt32();
            if (number < 0 || number >= references.Count)
            {
                throw new InvalidDataException("A number is out of range.");
            }

            state.RawGetInteger(LuaRegistry.Index, references[number]);
        }

        private byte[] ReadBytes()
        {
            var length = from.ReadInt32();
            var bytes = length < 0 ? [] : from.ReadBytes(length);
            return bytes.Length == length ? bytes : throw new EndOfStreamException("A text ends too early.");
        }
    }
}
