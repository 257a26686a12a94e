using System.Linq.Expressions;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>Compiles one body (an expression of a window, or a udf within it) to code over the frame.</summary>
internal sealed class BodyCompiler
{
    // Udfs are compiled into their calls; this bounds what a chain of them can grow to.
    private const int CallsMax = 1000;

    private readonly ExpressionCompiler _window;
    private readonly ParameterExpression _frame;
    private readonly Dictionary<string, Typed> _locals = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ParameterExpression> _declared = [];
    private readonly BodyCompiler? _caller;
    private readonly BodyCompiler _outermost;
    private readonly string? _function;
    private IReadOnlyList<Typed> _arguments = [];
    private ParameterExpression? _result;
    private LabelTarget? _end;
    private ExprType _target;
    private int _calls;

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

    /// <summary>
    /// Compiles a whole body; the value of the last bare expression counts when no return is reached.
    /// </summary>
    public Expression CompileBody(ExpressionText text, ExprType target, IReadOnlyList<Typed> arguments)
    {
        var block = Parser.Parse(text, _window.IsField);
        _arguments = arguments;
        _target = target;
        if (block.Statements is [ReturnNode { Value: { } } or not (DeclareNode or AssignNode or IfNode or BlockNode
            or ForNode or WhileNode or ReturnNode)])
        {
            var only = block.Statements[0] is ReturnNode { Value: { } value } ? value : block.Statements[0];
            return Convert(Value(only), target, only.Position);
        }

        _result = Expression.Variable(ExprTypes.ClrTypeOf(target), "result");
        _end = Expression.Label("end");
        List<Expression> code = [Expression.Assign(_result, Expression.Constant(null, _result.Type))];
        code.AddRange(block.Statements.Select(Statement));
        code.Add(Expression.Label(_end));
        code.Add(_result);
        return Expression.Block(_result.Type, [_result, .. _declared], code);
    }

    /// <summary>The type of a value.</summary>
    public ExprType TypeOf(SyntaxNode node) => Value(node).Type;

    private Expression Statement(SyntaxNode node) => node switch
    {
        DeclareNode declare => Declare(declare),
        AssignNode assign => Assign(assign.Name, assign.Position, Value(assign.Value)),
        IfNode branch => Expression.IfThenElse(
            Condition(branch.Condition),
            Statement(branch.Then),
            branch.Else is { } other ? Statement(other) : Expression.Empty()),
        BlockNode { Statements.Length: 0 } => Expression.Empty(),
        BlockNode block => Expression.Block(block.Statements.Select(Statement)),
        WhileNode loop => Loop(Condition(loop.Condition), Statement(loop.Body)),
        ForNode loop => For(loop),
        ReturnNode { Value: { } value } => Expression.Block(Yield(value), Expression.Goto(_end!)),
        ReturnNode => Expression.Block(
            Expression.Assign(_result!, Expression.Constant(null, _result!.Type)), Expression.Goto(_end!)),
        _ => Yield(node),
    };

    private BinaryExpression Yield(SyntaxNode value) =>
        Expression.Assign(_result!, Convert(Value(value), _target, value.Position));

    private Expression Declare(DeclareNode node)
    {
        if (ExprTypes.OfName(node.TypeName) is not { } type)
        {
            throw new ExpressionException("LS2105", node.Position, $"Variables of type '{node.TypeName}' are not supported.");
        }

        if (!node.IsPrivate || type == ExprType.Regex)
        {
            IsPure = false;
            _window.Variables.Declare(node.Name, type, node.Position);
            return node.Value is null ? Expression.Empty() : Assign(node.Name, node.Position, Value(node.Value));
        }

        var local = Local(node.Name, type);
        return Expression.Assign(local, node.Value is null
            ? Expression.Constant(null, local.Type)
            : Convert(Value(node.Value), type, node.Position));
    }

    private ParameterExpression Local(string name, ExprType type)
    {
        var local = Expression.Variable(ExprTypes.ClrTypeOf(type), name);
        _declared.Add(local);
        _locals[name] = new Typed(local, type);
        return local;
    }

    private BinaryExpression Assign(string name, TextPosition position, Typed value)
    {
        if (Variable(name) is not { } variable)
        {
            throw new ExpressionException("LS2102", position,
                $"'{name}' is not declared; declare it first, as in: integer {name}");
        }

        return Expression.Assign(variable.Code, Convert(value, variable.Type, position));
    }

    private BlockExpression For(ForNode node)
    {
        if (Variable(node.Variable) is not { } variable)
        {
            variable = new Typed(Local(node.Variable, ExprType.Integer), ExprType.Integer);
        }

        var type = variable.Type == ExprType.Integer ? ExprType.Integer : ExprType.Real;
        var (to, step) = (Local($" to {_declared.Count}", type), Local($" step {_declared.Count}", type));
        var zero = Expression.Convert(Expression.Constant(0), to.Type);
        var one = new Typed(Expression.Constant(1L, typeof(long?)), ExprType.Integer);
        var goesOn = Expression.OrElse(
            Expression.AndAlso(Expression.GreaterThan(step, zero), Expression.LessThanOrEqual(variable.Code, to)),
            Expression.AndAlso(Expression.LessThan(step, zero), Expression.GreaterThanOrEqual(variable.Code, to)));
        return Expression.Block(
            Assign(node.Variable, node.Position, Value(node.From)),
            Expression.Assign(to, Convert(Value(node.To), type, node.Position)),
            Expression.Assign(step, Convert(node.Step is { } by ? Value(by) : one, type, node.Position)),
            Loop(goesOn, Expression.Block(
                Statement(node.Body),
                Expression.Assign(variable.Code, Expression.Add(variable.Code, step)))));
    }

    private LoopExpression Loop(Expression condition, Expression body)
    {
        // A loop can fail at its limit, so it must run event by event.
        IsPure = false;
        var done = Expression.Label("done");
        return Expression.Loop(
            Expression.Block(
                Expression.IfThen(Expression.Not(condition), Expression.Goto(done)),
                Expression.Call(_frame, nameof(Frame.CountRound), null),
                body),
            done);
    }

    private BinaryExpression Condition(SyntaxNode node) =>
        Expression.Equal(Convert(Value(node), ExprType.Boolean, node.Position), Expression.Constant(true, typeof(bool?)));

    private static Expression Convert(Typed value, ExprType target, TextPosition position) =>
        Coercion.Convert(value, target)
            ?? throw new ExpressionException("LS2103", position, $"A {value.Type} cannot become a {target}.");

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

    private Typed Value(SyntaxNode node) => node switch
    {
        LiteralNode literal => Literal(literal),
        NameNode name => Variable(name.Name) ?? _window.Field(name.Name, _frame, name.Position)
            ?? throw new ExpressionException("LS2102", name.Position, $"'{name.Name}' is neither a field nor a variable."),
        UnaryNode { Operator: "+" } unary => Value(unary.Operand),
        UnaryNode unary => (unary.Operator == "-"
                ? Operators.Negate(Value(unary.Operand))
                : Operators.Not(Value(unary.Operand)))
            ?? throw new ExpressionException("LS2103", unary.Position, $"'{unary.Operator}' cannot take a regular expression."),
        BinaryNode { Operator: "==" } binary when Unify(binary) is { } unified => unified,
        BinaryNode binary => Operators.Compile(binary.Operator, Value(binary.Left), Value(binary.Right))
            ?? throw new ExpressionException("LS2103", binary.Position, $"'{binary.Operator}' cannot take a regular expression."),
        CallNode call => Call(call),
        MethodNode method => Method(method),
        _ => throw new ExpressionException("LS2101", node.Position, "A statement stands where a value is needed."),
    };

    /// <summary>
    /// <c>==</c> with a name that it binds: the first time the name takes the other side's value, which is true unless that is
    /// null; later it compares. Null for other comparisons.
    /// </summary>
    private Typed? Unify(BinaryNode node)
    {
        var (left, right) = (Unified(node.Left), Unified(node.Right));
        if (left is null && right is null)
        {
            return null;
        }

        var (name, other) = left is { } first ? (first, right ?? Value(node.Right)) : (right!.Value, Value(node.Left));
        var compared = Operators.Compile("==", name, other)?.Code
            ?? throw new ExpressionException("LS2103", node.Position, "'==' cannot take a regular expression.");
        if (left is not null && right is not null)
        {
            compared = Expression.Condition(IsNull(other.Code), Bind(other, name, node.Position), compared);
        }

        return new Typed(Expression.Condition(IsNull(name.Code), Bind(name, other, node.Position), compared), ExprType.Boolean);
    }

    private Typed? Unified(SyntaxNode node) =>
        node is NameNode { Name: var name } && _window.IsUnified(name) && !_locals.ContainsKey(name) ? Variable(name) : null;

    private static BlockExpression Bind(Typed name, Typed value, TextPosition position) => Expression.Block(
        Expression.Assign(name.Code, Convert(value, name.Type, position)),
        Expression.Condition(
            IsNull(name.Code), Expression.Constant(null, typeof(bool?)), Expression.Constant(true, typeof(bool?))));

    private static BinaryExpression IsNull(Expression code) => Expression.Equal(code, Expression.Constant(null, code.Type));

    private static Typed Literal(LiteralNode literal) => literal.Value switch
    {
        long whole => new Typed(Expression.Constant(whole, typeof(long?)), ExprType.Integer),
        double real => new Typed(Expression.Constant(real, typeof(double?)), ExprType.Real),
        bool truth => new Typed(Expression.Constant(truth, typeof(bool?)), ExprType.Boolean),
        string text => new Typed(Expression.Constant(text), ExprType.Text),
        _ => new Typed(Expression.Constant(null, typeof(string)), ExprType.Null),
    };

    private Typed Method(MethodNode node)
    {
        if (Variable(node.Target) is not { Type: ExprType.Regex } target)
        {
            throw new ExpressionException("LS2102", node.Position, $"'{node.Target}' is not a regular expression variable.");
        }

        return FunctionCall.OfRegex(target.Code, node, [.. node.Arguments.Select(Value)]);
    }

    private Typed Call(CallNode node)
    {
        if (_window.FieldOfCall(node, _frame) is { } field)
        {
            return field;
        }

        if (_window.Function(node.Name) is { } function)
        {
            return UserCall(node, function);
        }

        if (node.Name.Equals("today", StringComparison.OrdinalIgnoreCase) && node.Arguments.Length == 0)
        {
            IsPure = false;
            return new Typed(Expression.Call(_frame, nameof(Frame.Today), null), ExprType.Real);
        }

        return node.Name.Equals("parameter", StringComparison.OrdinalIgnoreCase)
            ? Parameter(node)
            : FunctionCall.OfBuiltin(node, [.. node.Arguments.Select(Value)]);
    }

    private Typed Parameter(CallNode node)
    {
        if (node.Arguments is not [LiteralNode { Value: long index }])
        {
            throw new ExpressionException("LS2105", node.Position, "parameter() takes one whole number, written out.");
        }

        return index >= 1 && index <= _arguments.Count
            ? _arguments[(int)index - 1]
            : throw new ExpressionException("LS2104", node.Position,
                $"parameter({index}) is asked for, but the call has {_arguments.Count} arguments.");
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
