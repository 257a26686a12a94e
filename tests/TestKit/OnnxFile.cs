using System.Buffers.Binary;
using System.Text;

namespace Lockstep.TestKit;

/// <summary>
/// Writes small ONNX models: the protobuf of onnx.proto, as much of it as tests need. Types of tensors are given as .NET arrays of their
/// items: float, double, long, int, bool and string.
/// </summary>
public sealed class OnnxFile
{
    private readonly List<byte> _graph = [];

    /// <summary>A model that multiplies inputs x by weights and adds a number: y = x W + b, for rows of x.</summary>
    public static OnnxFile Linear(float[] weights, float bias)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new OnnxFile().Input<float>("x", -1, weights.Length).Weights("W", weights, weights.Length, 1).Weights("b", [bias], 1)
            .Node("MatMul", ["x", "W"], ["product"]).Node("Add", ["product", "b"], ["y"]).Output<float>("y", -1, 1);
    }

    /// <summary>An input; -1 for a dimension that is open.</summary>
    public OnnxFile Input<T>(string name, params ReadOnlySpan<int> dimensions) => Value<T>(11, name, dimensions);

    /// <summary>An output.</summary>
    public OnnxFile Output<T>(string name, params ReadOnlySpan<int> dimensions) => Value<T>(12, name, dimensions);

    /// <summary>An output that is a sequence of tensors.</summary>
    public OnnxFile SequenceOutput<T>(string name)
    {
        var item = Field(1, Field(1, (ulong)TypeOf(typeof(T))));
        return Add(12, [.. Field(1, name), .. Field(2, Field(4, Field(1, item)))]);
    }

    /// <summary>An output that is a sequence of maps, of long or string to float, as ZipMap gives it.</summary>
    public OnnxFile MapSequenceOutput<TKey>(string name)
    {
        var number = Field(1, Field(1, (ulong)TypeOf(typeof(float))));
        var map = Field(5, [.. Field(1, (ulong)TypeOf(typeof(TKey))), .. Field(2, number)]);
        return Add(12, [.. Field(1, name), .. Field(2, Field(4, Field(1, map)))]);
    }

    /// <summary>Constant numbers.</summary>
    public OnnxFile Weights(string name, float[] items, params ReadOnlySpan<int> dimensions) => Add(5, Tensor(name, items, dimensions));

    /// <summary>Constant numbers that lie in another file.</summary>
    public OnnxFile WeightsElsewhere(string name, string file, params ReadOnlySpan<int> dimensions) => Add(5,
        [.. Head(name, dimensions), .. Field(13, [.. Field(1, "location"), .. Field(2, file)]), .. Field(14, 1UL)]);

    /// <summary>An operator of the standard, or of another domain.</summary>
    /// <param name="operation">Its name.</param>
    /// <param name="inputs">Names of its inputs.</param>
    /// <param name="outputs">Names of its outputs.</param>
    /// <param name="attributes">Attributes: long, float, string, long[], string[], float[], or another file whose graph is meant.</param>
    /// <param name="domain">The domain; empty for the standard's own.</param>
    public OnnxFile Node(
        string operation, string[] inputs, string[] outputs, IReadOnlyDictionary<string, object>? attributes = null, string domain = "") => Add(1,
        [
            .. inputs.SelectMany(i => Field(1, i)), .. outputs.SelectMany(o => Field(2, o)), .. Field(4, operation), .. Field(7, domain),
            .. (attributes ?? new Dictionary<string, object>()).SelectMany(a => Field(5, Attribute(a.Key, a.Value))),
        ]);

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() =>
    [
        .. Field(1, 8UL), .. Field(7, Graph), .. Field(8, [.. Field(1, ""), .. Field(2, 17UL)]),
        .. Field(8, [.. Field(1, "ai.onnx.ml"), .. Field(2, 3UL)]),
    ];

    private byte[] Graph => [.. _graph, .. Field(2, "test")];

    private OnnxFile Add(int field, byte[] message)
    {
        _graph.AddRange(Field(field, message));
        return this;
    }

    private OnnxFile Value<T>(int field, string name, ReadOnlySpan<int> dimensions)
    {
        var shape = new List<byte>();
        foreach (var dimension in dimensions)
        {
            shape.AddRange(Field(1, dimension < 0 ? Field(2, "n") : Field(1, (ulong)dimension)));
        }

        byte[] tensor = [.. Field(1, (ulong)TypeOf(typeof(T))), .. Field(2, [.. shape])];
        return Add(field, [.. Field(1, name), .. Field(2, Field(1, tensor))]);
    }

    private static byte[] Tensor(string name, float[] items, ReadOnlySpan<int> dimensions)
    {
        var raw = new byte[items.Length * sizeof(float)];
        for (var i = 0; i < items.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * sizeof(float)), items[i]);
        }

        return [.. Head(name, dimensions), .. Field(9, raw)];
    }

    private static byte[] Head(string name, ReadOnlySpan<int> dimensions)
    {
        var head = new List<byte>();
        foreach (var dimension in dimensions)
        {
            head.AddRange(Field(1, (ulong)dimension));
        }

        return [.. head, .. Field(2, (ulong)TypeOf(typeof(float))), .. Field(8, name)];
    }

    private static byte[] Attribute(string name, object value)
    {
        var (type, parts) = value switch
        {
            float one => (1, Single(2, one)),
            long one => (2, Field(3, (ulong)one)),
            string one => (3, Field(4, one)),
            OnnxFile graph => (5, Field(6, graph.Graph)),
            float[] many => (6, [.. many.SelectMany(m => Single(7, m))]),
            long[] many => (7, [.. many.SelectMany(m => Field(8, (ulong)m))]),
            string[] many => (8, [.. many.SelectMany(m => Field(9, m))]),
            _ => throw new ArgumentOutOfRangeException(nameof(value), value, "Not a type of attributes."),
        };
        return [.. Field(1, name), .. parts, .. Field(20, (ulong)type)];
    }

    // Numbers of TensorProto.DataType.
    private static int TypeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Single => 1,
        TypeCode.Int32 => 6,
        TypeCode.Int64 => 7,
        TypeCode.String => 8,
        TypeCode.Boolean => 9,
        TypeCode.Double => 11,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of tensors."),
    };

    private static byte[] Single(int field, float value)
    {
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return [.. Varint(((ulong)field << 3) | 5), .. bytes];
    }

    private static byte[] Field(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Field(int field, ulong number) => [.. Varint((ulong)field << 3), .. Varint(number)];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
