using System.Runtime.CompilerServices;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Indexes;

/// <summary>Writes and reads values of one storage type.</summary>
internal static class SnapshotValue<T>
{
    private static readonly Action<SnapshotWriter, T> Write = (Action<SnapshotWriter, T>)Writer();

    private static readonly Func<SnapshotReader, T> Read = (Func<SnapshotReader, T>)Reader();

    /// <summary>Writes one; for plain numbers without a call by delegate.</summary>
    public static void WriteOne(SnapshotWriter writer, T value)
    {
        if (typeof(T) == typeof(long) || typeof(T) == typeof(double))
        {
            writer.Write(Unsafe.As<T, long>(ref value));
        }
        else
        {
            Write(writer, value);
        }
    }

    /// <summary>Reads one; for plain numbers without a call by delegate.</summary>
    public static T ReadOne(SnapshotReader reader)
    {
        if (typeof(T) == typeof(long) || typeof(T) == typeof(double))
        {
            var bits = reader.ReadInt64();
            return Unsafe.As<long, T>(ref bits);
        }

        return Read(reader);
    }

    private static Delegate Writer() => typeof(T) switch
    {
        var t when t == typeof(long) => (SnapshotWriter w, long v) => w.Write(v),
        var t when t == typeof(double) => (SnapshotWriter w, double v) => w.Write(v),
        var t when t == typeof(decimal) => (SnapshotWriter w, decimal v) => w.Write(v),
        var t when t == typeof(string) => (SnapshotWriter w, string v) => w.Write(v),
        var t when t == typeof(byte[]) => (SnapshotWriter w, byte[] v) => w.Write(v),
        var t when t == typeof(long?[]) => (SnapshotWriter w, long?[] v) => WriteItems(w, v, (x, i) => x.Write(i)),
        var t when t == typeof(double?[]) => (SnapshotWriter w, double?[] v) => WriteItems(w, v, (x, i) => x.Write(i)),
        _ => throw new InvalidOperationException($"{typeof(T).Name} is no storage type."),
    };

    private static Delegate Reader() => typeof(T) switch
    {
        var t when t == typeof(long) => (SnapshotReader r) => r.ReadInt64(),
        var t when t == typeof(double) => (SnapshotReader r) => r.ReadDouble(),
        var t when t == typeof(decimal) => (SnapshotReader r) => r.ReadDecimal(),
        var t when t == typeof(string) => (SnapshotReader r) => r.ReadText() ?? "",
        var t when t == typeof(byte[]) => (SnapshotReader r) => r.ReadBytes() ?? [],
        var t when t == typeof(long?[]) => (SnapshotReader r) => ReadItems(r, x => x.ReadInt64()),
        var t when t == typeof(double?[]) => (SnapshotReader r) => ReadItems(r, x => x.ReadDouble()),
        _ => throw new InvalidOperationException($"{typeof(T).Name} is no storage type."),
    };

    private static void WriteItems<TItem>(SnapshotWriter writer, TItem?[] items, Action<SnapshotWriter, TItem> write)
        where TItem : struct
    {
        writer.Write(items.Length);
        foreach (var item in items)
        {
            writer.Write(item.HasValue);
            if (item is { } value)
            {
                write(writer, value);
            }
        }
    }

    private static TItem?[] ReadItems<TItem>(SnapshotReader reader, Func<SnapshotReader, TItem> read)
        where TItem : struct
    {
        var count = reader.ReadCount();
        var items = new List<TItem?>();
        for (var i = 0; i < count; i++)
        {
            items.Add(reader.ReadBool() ? read(reader) : null);
        }

        return [.. items];
    }
}
