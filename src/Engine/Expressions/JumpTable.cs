using System.Linq.Expressions;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// The labels of one body and the jumps to them. A jump stays in its block or goes to one around it: into another block there
/// is no way but from its top.
/// </summary>
internal sealed class JumpTable
{
    private readonly Dictionary<string, (LabelTarget Target, int[]? Place)> _labels = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(GotoNode Node, int[] Place)> _jumps = [];
    private readonly Stack<int> _blocks = new();
    private int _next;

    /// <summary>A block begins that is a branch or a loop.</summary>
    public void Enter() => _blocks.Push(_next++);

    /// <summary>The block ends.</summary>
    public void Leave() => _blocks.Pop();

    /// <summary>A label stands here.</summary>
    public LabelTarget Define(LabelNode node)
    {
        var (target, place) = Find(node.Name);
        if (place is not null)
        {
            throw new ExpressionException("LS2101", node.Position, $"Label '{node.Name}' stands twice.");
        }

        _labels[node.Name] = (target, Place());
        return target;
    }

    /// <summary>Where a jump goes; the label may come later.</summary>
    public LabelTarget Target(GotoNode node)
    {
        _jumps.Add((node, Place()));
        return Find(node.Label).Target;
    }

    /// <summary>Checks, at the end of the body, that jumps go where they can.</summary>
    public void Check()
    {
        foreach (var (node, from) in _jumps)
        {
            var place = Find(node.Label).Place
                ?? throw new ExpressionException("LS2102", node.Position, $"There is no label '{node.Label}'.");
            if (!from.AsSpan().StartsWith(place))
            {
                throw new ExpressionException("LS2105", node.Position,
                    $"Label '{node.Label}' stands within a block; a jump into one is not supported.");
            }
        }
    }

    private int[] Place() => [.. _blocks.Reverse()];

    private (LabelTarget Target, int[]? Place) Find(string name)
    {
        if (!_labels.TryGetValue(name, out var label))
        {
            _labels[name] = label = (Expression.Label(name), null);
        }

        return label;
    }
}
