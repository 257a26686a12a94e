using System.Runtime.InteropServices;
using Lockstep.Engine.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Lockstep.Onnx;

/// <summary>
/// The items of one tensor of numbers as the library takes and gives them. Numbers become those of the tensor's type as in fields: whole
/// numbers are truncated, and what is out of their range becomes the nearest one in it.
/// </summary>
internal abstract class TensorItems
{
    /// <summary>The items for a tensor of a type that <see cref="CanConvert"/>.</summary>
    public static TensorItems For(TensorElementType type) => type switch
    {
        TensorElementType.Float => new Items<float>(v => (float)v, v => v),
        TensorElementType.Double => new Items<double>(v => v, v => v),
        TensorElementType.Int64 => new Items<long>(v => (long)v, v => v),
        TensorElementType.Int32 => new Items<int>(v => (int)v, v => v),
        TensorElementType.Int16 => new Items<short>(v => (short)Math.Clamp(v, short.MinValue, short.MaxValue), v => v),
        TensorElementType.Int8 => new Items<sbyte>(v => (sbyte)Math.Clamp(v, sbyte.MinValue, sbyte.MaxValue), v => v),
        TensorElementType.UInt64 => new Items<ulong>(v => (ulong)v, v => v),
        TensorElementType.UInt32 => new Items<uint>(v => (uint)v, v => v),
        TensorElementType.UInt16 => new Items<ushort>(v => (ushort)Math.Clamp(v, 0, ushort.MaxValue), v => v),
        TensorElementType.UInt8 => new Items<byte>(v => (byte)Math.Clamp(v, 0, byte.MaxValue), v => v),
        TensorElementType.Bool => new Items<bool>(v => v != 0, v => v ? 1 : 0),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of numbers."),
    };

    /// <summary>True for the types of numbers.</summary>
    public static bool CanConvert(TensorElementType type) => type is >= TensorElementType.Float and <= TensorElementType.Int64
        or TensorElementType.Bool or TensorElementType.Double or TensorElementType.UInt32 or TensorElementType.UInt64;

    /// <summary>A tensor over the library's own view of numbers; the same one until their count changes.</summary>
    public abstract OrtValue Write(List<double> numbers, ModelTensor tensor);

    /// <summary>Appends the items of a tensor to numbers.</summary>
    public abstract void Read(OrtValue value, List<double> numbers);

    private sealed class Items<T>(Func<double, T> to, Func<T, double> from) : TensorItems
        where T : unmanaged
    {
        private T[] _items = [];
        private OrtValue? _value;

        public override OrtValue Write(List<double> numbers, ModelTensor tensor)
        {
            if (_value is null || _items.Length != numbers.Count)
            {
                _value?.Dispose();
                _items = new T[numbers.Count];
                _value = OrtValue.CreateTensorValueFromMemory(_items, tensor.ShapeFor(numbers.Count)!);
            }

            var given = CollectionsMarshal.AsSpan(numbers);
            for (var i = 0; i < given.Length; i++)
            {
                _items[i] = to(given[i]);
            }

            return _value;
        }

        public override void Read(OrtValue value, List<double> numbers)
        {
            foreach (var item in value.GetTensorDataAsSpan<T>())
            {
                numbers.Add(from(item));
            }
        }
    }
}
