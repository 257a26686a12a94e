using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// The names that expressions of one pattern bind: neither fields nor declared variables, compared with <c>==</c> somewhere.
/// The first such comparison that has a type gives the name its type; where they differ, numbers become real, and a number and a
/// text become text.
/// </summary>
internal sealed class UnifiedNames
{
    private readonly Dictionary<string, TextPosition> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(string Name, SyntaxNode Other, Schema Schema)> _comparisons = [];

    /// <summary>Where the names lie, with the variables that the expressions declare.</summary>
    public VariableTable Variables { get; } = new();

    public bool Contains(string name) => _names.ContainsKey(name);

    /// <summary>Finds the names of some expressions and gives them types.</summary>
    /// <exception cref="ExpressionException">One does not parse, or a name is never bound.</exception>
    public static UnifiedNames Of(IEnumerable<(Schema Schema, ExpressionText Text)> expressions)
    {
        var unified = new UnifiedNames();
        foreach (var (schema, text) in expressions)
        {
            unified.Collect(schema, text);
        }

        unified.Declare();
        return unified;
    }

    private void Collect(Schema schema, ExpressionText text)
    {
        var nodes = SyntaxWalk.All(Parser.Parse(text, _ => true)).ToList();
        var declared = nodes.Select(n => n switch
        {
            DeclareNode declare => declare.Name,
            ForNode loop => loop.Variable,
            _ => null,
        }).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        bool IsFree(SyntaxNode node) => node is NameNode { Name: var name }
            && ExpressionCompiler.FieldIndex(schema, name) < 0 && !ExpressionCompiler.IsReserved(name) && !declared.Contains(name);
        foreach (var node in nodes.OfType<NameNode>().Where(IsFree))
        {
            _names.TryAdd(node.Name, node.Position);
        }

        foreach (var comparison in nodes.OfType<BinaryNode>().Where(b => b.Operator == "=="))
        {
            Add(comparison.Left, comparison.Right);
            Add(comparison.Right, comparison.Left);
        }

        void Add(SyntaxNode side, SyntaxNode other)
        {
            if (IsFree(side))
            {
                _comparisons.Add((((NameNode)side).Name, other, schema));
            }
        }
    }

    private void Declare()
    {
        var open = _names.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in open.Where(n => !_comparisons.Exists(c => c.Name.Equals(n, StringComparison.OrdinalIgnoreCase))))
        {
            throw new ExpressionException("LS2030", _names[name], $"'{name}' is no field, and no event binds it by '=='.");
        }

        // A side may hold names that get their type in a later round.
        for (var found = true; found;)
        {
            found = false;
            foreach (var (name, _, _) in _comparisons.Where(c => open.Contains(c.Name)).ToList())
            {
                var types = _comparisons.Where(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                    .Select(TypeOf).OfType<ExprType>().ToList();
                if (types.Count > 0 && open.Remove(name))
                {
                    Variables.Declare(name, types.Aggregate(Common), _names[name]);
                    found = true;
                }
            }
        }

        // What is left is compared with what does not compile: compiling it says why.
        foreach (var name in _names.Keys.Where(open.Contains))
        {
            Variables.Declare(name, ExprType.Real, _names[name]);
        }
    }

    private ExprType? TypeOf((string Name, SyntaxNode Other, Schema Schema) comparison)
    {
        try
        {
            var type = new ExpressionCompiler(comparison.Schema, null, unified: this).TypeOf(comparison.Other);
            return type == ExprType.Null || !ExprTypes.IsValue(type) ? null : type;
        }
        catch (ExpressionException)
        {
            return null;
        }
    }

    private static ExprType Common(ExprType left, ExprType right) => left == right ? left
        : left == ExprType.Text || right == ExprType.Text ? ExprType.Text
        : left is ExprType.Real or ExprType.Date || right is ExprType.Real or ExprType.Date ? ExprType.Real
        : ExprType.Integer;
}
