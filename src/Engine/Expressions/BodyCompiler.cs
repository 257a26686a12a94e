using System.Linq.Expressions;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>Compiles one body (an expression of a window, or a udf within it) to code over the frame.</summary>
internal sealed class BodyCompiler
{
    // Udfs are compiled into their calls; this bounds what a chain of them can grow to.
    private const int CallsMax = 1000;

    // An expression with all its calls compiled in may have so many parts.
    private const int NodesMax = 20_000;

    // As many parts of a loop's body as count as one round of it.
    private const int NodesPerRound = 32;

    private readonly ExpressionCompiler _window;
    private readonly ParameterExpression _frame;
    private readonly Dictionary<string, Typed> _locals = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ParameterExpression> _declared = [];
    private readonly HashSet<string> _spellings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _shared = new(StringComparer.OrdinalIgnoreCase);
    private readonly JumpTable _jumps = new();
    private readonly BodyCompiler? _caller;
    private readonly BodyCompiler _outermost;
    private readonly string? _function;
    private ParameterExpression? _result;
    private LabelTarget? _end;
    private ExprType _target;
    private bool _hasReturn;
    private int _calls;
    private int _nodes;

    public BodyCompiler(ExpressionCompiler window, ParameterExpression frame)
    {
        _window = window;
        _frame = frame;
        _outermost = this;
    }

    private BodyCompiler(BodyCompiler caller, string function)
    {
        _window = caller._window;
        _frame = caller._frame;
        _caller = caller;
        _outermost = caller._outermost;
        _function = function;
    }

    /// <summary>True when nothing but the event's fields was used and nothing can fail.</summary>
    public bool IsPure { get; private set; } = true;

    /// <summary>The arguments of the call whose body this is.</summary>
    public IReadOnlyList<Typed> CallArguments { get; private set; } = [];

    /// <summary>The frame as code.</summary>
    public Expression Frame => _frame;

    /// <summary>The frame as code, for what depends on more than the event.</summary>
    public Expression DependOnTime()
    {
        IsPure = false;
        return _frame;
    }

    /// <summary>Compiles a whole body; the value of the last bare expression counts when no return is reached.</summary>
    public Expression CompileBody(ExpressionText text, ExprType target, IReadOnlyList<Typed> arguments)
    {
        var block = Parser.Parse(text, _window.IsField);
        CallArguments = arguments;
        _target = target;
        if (block.Statements is [ReturnNode { Value: { } } or not (DeclareNode or AssignNode or IfNode or BlockNode
            or ForNode or WhileNode or ReturnNode or LabelNode or GotoNode or CallStatementNode)])
        {
            var only = block.Statements[0] is ReturnNode { Value: { } value } ? value : block.Statements[0];
            return Convert(Value(only), target, only.Position);
        }

        _hasReturn = SyntaxWalk.All(block).Any(n => n is ReturnNode);
        _result = Expression.Variable(ExprTypes.ClrTypeOf(target), "result");
        _end = Expression.Label("end");
        List<Expression> code = [Expression.Assign(_result, Expression.Constant(null, _result.Type))];
        code.AddRange(block.Statements.Select(Statement));
        code.Add(Expression.Label(_end));
        code.Add(_result);
        _jumps.Check();
        return Expression.Block(_result.Type, [_result, .. _declared], code);
    }

    /// <summary>Compiles a value.</summary>
    public Typed Value(SyntaxNode node)
    {
        CountNode(node);
        return node switch
        {
            LiteralNode literal => Typed.Of(literal),
            NameNode name => (IsFieldOfCase(name.Name) ? null : Variable(name.Name)) ?? _window.Field(name.Name, _frame, name.Position)
                ?? throw new ExpressionException("LS2102", name.Position, $"'{name.Name}' is neither a field nor a variable."),
            UnaryNode { Operator: "+" } unary => Value(unary.Operand),
            UnaryNode unary => (unary.Operator == "-"
                    ? Operators.Negate(Value(unary.Operand))
                    : Operators.Not(Value(unary.Operand)))
                ?? throw new ExpressionException("LS2103", unary.Position, $"'{unary.Operator}' takes no objects."),
            BinaryNode { Operator: "==" } binary when Unification.Compile(binary, this) is { } unified => unified,
            BinaryNode binary => Apply(binary.Operator, Value(binary.Left), Value(binary.Right), binary.Position),
            CallNode call => Call(call),
            MethodNode method => Method(method),
            _ => throw new ExpressionException("LS2101", node.Position, "A statement stands where a value is needed."),
        };
    }

    /// <summary>The type of a value.</summary>
    public ExprType TypeOf(SyntaxNode node) => Value(node).Type;

    /// <summary>A name that <c>==</c> binds, as code; null for all else.</summary>
    public Typed? Unified(SyntaxNode node) =>
        node is NameNode { Name: var name } && _window.IsUnified(name) && !_locals.ContainsKey(name) ? Variable(name) : null;

    /// <summary>Compiles an operator between two values.</summary>
    public Typed Apply(string name, Typed left, Typed right, TextPosition position) => Operators.Compile(name, left, right, _frame)
        ?? throw new ExpressionException("LS2103", position, $"'{name}' takes no objects.");

    /// <summary>Compiles an assignment to a variable.</summary>
    public BinaryExpression Assign(string name, TextPosition position, Typed value)
    {
        if (Variable(name) is not { } variable)
        {
            throw new ExpressionException("LS2102", position,
                $"'{name}' is not declared; declare it first, as in: integer {name}");
        }

        return ExprTypes.IsValue(variable.Type)
            ? Expression.Assign(variable.Code, Convert(value, variable.Type, position))
            : throw new ExpressionException("LS2103", position, $"'{name}' is an object, which cannot be assigned to.");
    }

    private Expression Statement(SyntaxNode node)
    {
        CountNode(node);
        return node switch
        {
            DeclareNode declare => Declare(declare),
            AssignNode assign => Assign(assign.Name, assign.Position, Value(assign.Value)),
            IfNode branch => Expression.IfThenElse(
                Condition(branch.Condition),
                Inner(branch.Then),
                branch.Else is { } other ? Inner(other) : Expression.Empty()),
            BlockNode { Statements.Length: 0 } => Expression.Empty(),
            BlockNode block => Expression.Block(typeof(void), block.Statements.Select(Statement)),
            WhileNode loop => Loop(() => (Condition(loop.Condition), Inner(loop.Body))),
            ForNode loop => For(loop),
            ReturnNode { Value: { } value } => Expression.Block(typeof(void), Yield(value), Expression.Goto(_end!)),
            ReturnNode => Expression.Block(typeof(void),
                Expression.Assign(_result!, Expression.Constant(null, _result!.Type)), Expression.Goto(_end!)),
            LabelNode label => Expression.Label(_jumps.Define(label)),
            GotoNode jump => Jump(jump),
            CallStatementNode call => Value(call.Value).Code,

            // r.compile('x') in front of returns prepares them; it is no value of its own.
            MethodNode method when _hasReturn => Value(method).Code,
            _ => Yield(node),
        };
    }

    private Expression Inner(SyntaxNode node)
    {
        _jumps.Enter();
        var code = Statement(node);
        _jumps.Leave();
        return code.Type == typeof(void) ? code : Expression.Block(typeof(void), code);
    }

    private void CountNode(SyntaxNode node)
    {
        if (++_outermost._nodes > NodesMax)
        {
            throw new ExpressionException("LS2105", node.Position,
                $"The expression, its functions compiled in, has more than {NodesMax} parts.");
        }
    }

    private BlockExpression Jump(GotoNode jump)
    {
        // What is jumped over again is at most all that there is so far.
        var count = CountRound(_outermost._nodes);
        return Expression.Block(typeof(void), count, Expression.Goto(_jumps.Target(jump)));
    }

    // What has rounds can fail at their limit, so it must run event by event.
    private MethodCallExpression CountRound(int nodes)
    {
        IsPure = false;
        return Expression.Call(_frame, nameof(Expressions.Frame.CountRound), null, Expression.Constant(1 + (nodes / NodesPerRound)));
    }

    private BinaryExpression Yield(SyntaxNode value) =>
        Expression.Assign(_result!, Convert(Value(value), _target, value.Position));

    private Expression Declare(DeclareNode node)
    {
        var type = ExprTypes.OfDeclaration(node);
        _spellings.Add(node.Name);
        if (!ExprTypes.IsValue(type))
        {
            return DeclareObject(node, type);
        }

        if (!node.IsPrivate)
        {
            IsPure = false;
            DeclareShared(node, type);
            return node.Value is null ? Expression.Empty() : Assign(node.Name, node.Position, Value(node.Value));
        }

        var local = Local(node.Name, type);
        return Expression.Assign(local, node.Value is null
            ? Expression.Constant(null, local.Type)
            : Convert(Value(node.Value), type, node.Position));
    }

    /// <summary>
    /// Declares a variable that lives with the window. Where another body has one of that name and another type, this body's is its own.
    /// </summary>
    private void DeclareShared(DeclareNode node, ExprType type)
    {
        var isFirst = _shared.Add(node.Name);
        if (_locals.TryGetValue(node.Name, out var own) && own.Type == type)
        {
            return;
        }

        if (isFirst && _window.Variables.TypeOf(node.Name) is { } other && other != type)
        {
            _locals[node.Name] = _window.Variables.DeclarePrivate(type, _frame);
            return;
        }

        _window.Variables.Declare(node.Name, type, node.Position);
    }

    private Expression DeclareObject(DeclareNode node, ExprType type)
    {
        if (node.Value is { } value)
        {
            throw new ExpressionException("LS2103", value.Position, $"'{node.Name}' is an object, which cannot be assigned to.");
        }

        IsPure = false;
        if (!node.IsPrivate)
        {
            DeclareShared(node, type);
            return Expression.Empty();
        }

        var variable = _window.Variables.DeclarePrivate(type, _frame);
        _locals[node.Name] = variable;
        return type == ExprType.Regex ? Expression.Empty() : Expression.Call(variable.Code, nameof(ArrayValue.Clear), null);
    }

    private ParameterExpression Local(string name, ExprType type)
    {
        var local = Expression.Variable(ExprTypes.ClrTypeOf(type), name);
        _declared.Add(local);
        _locals[name] = new Typed(local, type);
        return local;
    }

    private BlockExpression For(ForNode node)
    {
        if (Variable(node.Variable) is not { } variable)
        {
            variable = new Typed(Local(node.Variable, ExprType.Integer), ExprType.Integer);
        }

        var type = variable.Type == ExprType.Integer ? ExprType.Integer : ExprType.Real;
        if (variable.Type is not (ExprType.Integer or ExprType.Real or ExprType.Date))
        {
            throw new ExpressionException("LS2103", node.Position, $"'{node.Variable}' is a {variable.Type}; a loop counts with a number.");
        }

        var (to, step) = (Local($" to {_declared.Count}", type), Local($" step {_declared.Count}", type));
        var zero = Expression.Convert(Expression.Constant(0), to.Type);
        var one = new Typed(Expression.Constant(1L, typeof(long?)), ExprType.Integer);
        var goesOn = Expression.OrElse(
            Expression.AndAlso(Expression.GreaterThan(step, zero), Expression.LessThanOrEqual(variable.Code, to)),
            Expression.AndAlso(Expression.LessThan(step, zero), Expression.GreaterThanOrEqual(variable.Code, to)));

        // Past the end of the whole numbers the loop ends: a step there would begin at the other end.
        var next = type == ExprType.Integer
            ? (Expression)Expression.Call(typeof(Operators), nameof(Operators.NextOrNull), null, variable.Code, step)
            : Expression.Add(variable.Code, step);
        return Expression.Block(typeof(void),
            Assign(node.Variable, node.Position, Value(node.From)),
            Expression.Assign(to, Convert(Value(node.To), type, node.Position)),
            Expression.Assign(step, Convert(node.Step is { } by ? Value(by) : one, type, node.Position)),
            Loop(() => (goesOn, Expression.Block(typeof(void), Inner(node.Body), Expression.Assign(variable.Code, next)))));
    }

    private LoopExpression Loop(Func<(Expression Condition, Expression Body)> compile)
    {
        var before = _outermost._nodes;
        var (condition, body) = compile();
        var done = Expression.Label("done");
        return Expression.Loop(
            Expression.Block(typeof(void),
                Expression.IfThen(Expression.Not(condition), Expression.Goto(done)),
                CountRound(_outermost._nodes - before),
                body),
            done);
    }

    private BinaryExpression Condition(SyntaxNode node) =>
        Expression.Equal(Convert(Value(node), ExprType.Boolean, node.Position), Expression.Constant(true, typeof(bool?)));

    /// <summary>Converts, or refuses to.</summary>
    public static Expression Convert(Typed value, ExprType target, TextPosition position) =>
        Coercion.Convert(value, target)
            ?? throw new ExpressionException("LS2103", position, $"A {value.Type} cannot become a {target}.");

    // Of a variable and a field whose names differ by case alone the exact one is meant.
    private bool IsFieldOfCase(string name) =>
        _window.HasField(name) && !_spellings.Contains(name) && !_window.Variables.IsSpelled(name);

    private Typed? Variable(string name)
    {
        if (_locals.TryGetValue(name, out var local))
        {
            return local;
        }

        var variable = _window.Variable(name, _frame);
        IsPure &= variable is null;
        return variable;
    }

    private Typed Method(MethodNode node)
    {
        if (Variable(node.Target) is { } variable)
        {
            return !ExprTypes.IsValue(variable.Type)
                ? FunctionCall.OfObject(variable, node, this)
                : throw new ExpressionException("LS2103", node.Position, $"'{node.Target}' is a {variable.Type}, which has no functions.");
        }

        return _window.ItemsOf(node, this)
            ?? throw new ExpressionException("LS2102", node.Position,
                $"'{node.Target}' is neither a regular expression nor an array: declare it first, as in: regex {node.Target}");
    }

    private Typed Call(CallNode node)
    {
        if (_window.FieldOfCall(node, _frame) is { } field)
        {
            return field;
        }

        return _window.Function(node.Name) is { } function ? UserCall(node, function) : FunctionCall.OfBuiltin(node, this);
    }

    private Typed UserCall(CallNode node, UserFunctionDefinition function)
    {
        for (var body = this; body is not null; body = body._caller)
        {
            if (string.Equals(body._function, function.Name, StringComparison.OrdinalIgnoreCase))
            {
                throw new ExpressionException("LS2105", node.Position, $"Function '{function.Name}' calls itself.");
            }
        }

        if (++_outermost._calls > CallsMax)
        {
            throw new ExpressionException("LS2105", node.Position, $"The expression makes more than {CallsMax} calls of functions.");
        }

        // Arguments are evaluated once, before the body.
        var values = node.Arguments.Select(Value).ToList();
        if (values.FindIndex(v => !ExprTypes.IsValue(v.Type)) is >= 0 and var wrong)
        {
            throw new ExpressionException("LS2103", node.Arguments[wrong].Position, "An object cannot be an argument of a user function.");
        }

        var holders = values.ConvertAll(v => Expression.Variable(v.Code.Type));
        var arguments = values.Zip(holders, (v, h) => new Typed(h, v.Type)).ToList();
        var callee = new BodyCompiler(this, function.Name);
        var type = ExprTypes.OfName(function.Type)!.Value;
        var code = callee.CompileBody(function.Body, type, arguments);
        IsPure &= callee.IsPure;
        var assigns = values.Zip(holders, (v, h) => (Expression)Expression.Assign(h, v.Code));
        return new Typed(Expression.Block(code.Type, holders, [.. assigns, code]), type);
    }
}
