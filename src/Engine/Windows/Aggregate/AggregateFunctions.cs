using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>
/// The aggregate functions that a window's expressions call, each different call once, with the states they read. Functions
/// that can share a state do: sum, mean and count of one field are one.
/// </summary>
internal sealed class AggregateFunctions(Schema input, GroupTable groups, bool insertOnly)
{
    private const string Prefix = "ESP_A";
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly List<Field> _fields = [];
    private readonly FunctionFactory _factory = new(input, groups, insertOnly);

    /// <summary>The values of the calls, in the order in which they were added.</summary>
    public List<GroupResult> Results { get; } = [];

    /// <summary>One field a call, for the schema that expressions see.</summary>
    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>What is kept for each group.</summary>
    public IReadOnlyList<GroupState> States => _factory.States;

    /// <summary>The members; null when no function needs them.</summary>
    public MemberStore? Members => _factory.Members;

    /// <summary>True when a call is one of an aggregate function.</summary>
    public static bool IsAggregate(CallNode call) => call.Name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The number of a call that was added; -1 for another.</summary>
    public int Find(CallNode call) => IsAggregate(call) ? _calls.GetValueOrDefault(KeyOf(call), -1) : -1;

    /// <summary>Adds all calls in an expression.</summary>
    /// <exception cref="ExpressionException">A function does not exist here, or its arguments are wrong.</exception>
    public void AddAll(SyntaxNode? node)
    {
        switch (node)
        {
            case CallNode call when IsAggregate(call):
                Add(call);
                break;
            case CallNode call:
                AddAll(call.Arguments);
                break;
            case MethodNode method:
                AddAll(method.Arguments);
                break;
            case UnaryNode unary:
                AddAll(unary.Operand);
                break;
            case BinaryNode binary:
                AddAll([binary.Left, binary.Right]);
                break;
            case DeclareNode declare:
                AddAll(declare.Value);
                break;
            case AssignNode assign:
                AddAll(assign.Value);
                break;
            case IfNode branch:
                AddAll([branch.Condition, branch.Then, branch.Else]);
                break;
            case BlockNode block:
                AddAll(block.Statements);
                break;
            case ForNode loop:
                AddAll([loop.From, loop.To, loop.Step, loop.Body]);
                break;
            case WhileNode loop:
                AddAll([loop.Condition, loop.Body]);
                break;
            case CallStatementNode statement:
                AddAll(statement.Value);
                break;
            case ReturnNode back:
                AddAll(back.Value);
                break;
        }
    }

    private void AddAll(IEnumerable<SyntaxNode?> nodes)
    {
        foreach (var node in nodes)
        {
            AddAll(node);
        }
    }

    private void Add(CallNode call)
    {
        var key = KeyOf(call);
        if (_calls.ContainsKey(key))
        {
            return;
        }

        var result = _factory.Create(call);
        _calls.Add(key, Results.Count);
        _fields.Add(new Field(key, result.Type));
        Results.Add(result);
    }

    private string KeyOf(CallNode call) => $"{call.Name.ToUpperInvariant()}({string.Join(',', call.Arguments.Select(KeyOf))})";

    private string KeyOf(SyntaxNode argument) => argument switch
    {
        NameNode name => $"{ExpressionCompiler.FieldIndex(input, name.Name)}:{name.Name}",
        LiteralNode { Value: string text } => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        LiteralNode literal => FormattableString.Invariant($"{literal.Value}"),
        _ => throw new ExpressionException("LS2104", argument.Position,
            "Aggregate functions take names of input fields, numbers and text, not expressions. Compute the value in front."),
    };
}
