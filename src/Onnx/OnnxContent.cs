using System.Text;
using Lockstep.Engine.Models;

namespace Lockstep.Onnx;

/// <summary>
/// Looks into the protobuf of a model, as onnx.proto describes it, for what must not be run here: operators that draw random numbers, whose
/// scores would differ between members, and weights in other files, which nobody has granted.
/// </summary>
internal static class OnnxContent
{
    private const int DepthMax = 100;

    // They keep a generator of their own, seeded or not, which no snapshot could hold.
    private static readonly HashSet<string> Random = new(StringComparer.Ordinal)
    {
        "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
    };

    /// <summary>What messages hold, and the fields that are looked into: field number to kind of message.</summary>
    private enum Message
    {
        Model,
        Graph,
        Function,
        Node,
        Attribute,
        Tensor,
        SparseTensor,
    }

    /// <summary>Checks a model.</summary>
    /// <exception cref="ModelException">It is no ONNX model, or one that must not be run.</exception>
    public static void Check(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
        {
            throw new ModelException("the file is empty.");
        }

        Check(content, Message.Model, 0);
    }

    private static void Check(ReadOnlySpan<byte> content, Message message, int depth)
    {
        if (depth > DepthMax)
        {
            throw new ModelException($"its graphs lie more than {DepthMax} deep in each other.");
        }

        while (!content.IsEmpty)
        {
            var tag = Varint(ref content);
            var (field, wire) = ((int)(tag >> 3), (int)(tag & 7));
            switch (wire)
            {
                case 0:
                    CheckNumber(message, field, Varint(ref content));
                    break;
                case 1:
                    Bytes(ref content, sizeof(ulong));
                    break;
                case 2:
                    CheckPart(Bytes(ref content, Varint(ref content)), message, field, depth);
                    break;
                case 5:
                    Bytes(ref content, sizeof(uint));
                    break;
                default:
                    throw NoModel();
            }
        }
    }

    private static void CheckNumber(Message message, int field, ulong value)
    {
        const int DataLocation = 14;
        const ulong External = 1;
        if (message == Message.Tensor && field == DataLocation && value == External)
        {
            throw new ModelException("it keeps weights in other files; save it as one file.");
        }
    }

    private static void CheckPart(ReadOnlySpan<byte> part, Message message, int field, int depth)
    {
        Message? inner = (message, field) switch
        {
            (Message.Model, 7) => Message.Graph,
            (Message.Model, 25) => Message.Function,
            (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
            (Message.Graph, 5) or (Message.Attribute, 5 or 10) or (Message.SparseTensor, 1 or 2) => Message.Tensor,
            (Message.Graph, 15) or (Message.Attribute, 22 or 23) => Message.SparseTensor,
            (Message.Node, 5) or (Message.Function, 11) => Message.Attribute,
            (Message.Attribute, 6 or 11) => Message.Graph,
            _ => null,
        };
        if (inner is { } kind)
        {
            Check(part, kind, depth + 1);
        }
        else if ((message, field) == (Message.Node, 4) && Random.Contains(Encoding.UTF8.GetString(part)))
        {
            throw new ModelException(
                $"its operator {Encoding.UTF8.GetString(part)} draws random numbers, so that scores would differ between members; leave it out.");
        }
    }

    private static ulong Varint(scoped ref ReadOnlySpan<byte> content)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Bytes(ref content, 1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw NoModel();
    }

    private static ReadOnlySpan<byte> Bytes(scoped ref ReadOnlySpan<byte> content, ulong count)
    {
        if (count > (ulong)content.Length)
        {
            throw NoModel();
        }

        var bytes = content[..(int)count];
        content = content[(int)count..];
        return bytes;
    }

    private static ModelException NoModel() => new("the file holds no ONNX model.");
}
