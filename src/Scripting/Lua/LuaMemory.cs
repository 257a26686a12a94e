using System.Runtime.InteropServices;
using KeraLua;

namespace Lockstep.Scripting.Lua;

/// <summary>
/// Memory of one Lua state, limited. While the host works on the state the limit is not applied: Lua would raise an error there,
/// which only code of a script can catch.
/// </summary>
internal sealed class LuaMemory
{
    private readonly long _limit;
    private GCHandle _handle;
    private long _used;

    /// <summary>With a limit in bytes.</summary>
    public LuaMemory(long limit)
    {
        _limit = limit;
        Allocator = Allocate;

        // A state that nobody disposes is closed by its finalizer, which still calls the allocator: so it never goes before.
        _handle = GCHandle.Alloc(Allocator);
    }

    public LuaAlloc Allocator { get; }

    /// <summary>True while a script runs.</summary>
    public bool IsLimited { get; set; }

    /// <summary>Lets the allocator go, once the state is closed.</summary>
    public void Release()
    {
        if (_handle.IsAllocated)
        {
            _handle.Free();
        }
    }

    private unsafe IntPtr Allocate(IntPtr data, IntPtr pointer, UIntPtr oldSize, UIntPtr newSize)
    {
        // For a new object the old size tells its kind.
        var old = pointer == IntPtr.Zero ? 0 : (long)oldSize;
        if (newSize == UIntPtr.Zero)
        {
            NativeMemory.Free((void*)pointer);
            _used -= old;
            return IntPtr.Zero;
        }

        var grown = _used - old + (long)newSize;
        if (IsLimited && (long)newSize > old && grown > _limit)
        {
            return IntPtr.Zero;
        }

        _used = grown;
        return (IntPtr)NativeMemory.Realloc((void*)pointer, newSize);
    }
}
