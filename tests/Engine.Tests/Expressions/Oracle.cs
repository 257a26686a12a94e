using System.Globalization;
using System.Reflection;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Tests.Expressions;

/// <summary>
/// A second reading of the general language: walks the syntax tree with values that carry their type at run time (long, double,
/// string, bool, <see cref="Days"/>, null), where the engine knows types before it runs. The functions themselves are shared;
/// what is said twice is names, operators, conversions, statements and nulls.
/// </summary>
internal sealed class Oracle(Schema schema, Frame frame, Func<int, object?> field)
{
    private readonly Dictionary<string, (ExprType Type, object? Value)> _variables = new(StringComparer.OrdinalIgnoreCase);
    private object? _result;
    private ExprType _target;
    private int _rounds;

    /// <summary>A date.</summary>
    public readonly record struct Days(double Value);

    /// <summary>The value of an expression, converted to a type.</summary>
    public object? Evaluate(BlockNode block, ExprType target)
    {
        _target = target;
        _result = null;
        foreach (var statement in block.Statements)
        {
            if (Run(statement))
            {
                break;
            }
        }

        return _result;
    }

    /// <summary>The first error that must be found before anything runs; null for none.</summary>
    public (string Code, TextPosition Position)? Check(SyntaxNode node)
    {
        switch (node)
        {
            case NameNode name:
                return IsKnown(name.Name) ? null : ("LS2102", name.Position);
            case CallNode call:
                if (ExpressionFunctions.Find(call.Name) is not { } function
                    || (!function.Methods.IsEmpty && MethodOf(function, call.Arguments.Length) is null))
                {
                    return ("LS2104", call.Position);
                }

                return Check(call.Arguments);
            case UnaryNode unary:
                return Check(unary.Operand);
            case BinaryNode binary:
                return Check([binary.Left, binary.Right]);
            case DeclareNode declare:
                _variables[declare.Name] = (ExprTypes.OfName(declare.TypeName)!.Value, null);
                return declare.Value is null ? null : Check(declare.Value);
            case AssignNode assign:
                return Check(assign.Value) ?? (_variables.ContainsKey(assign.Name) ? null : ("LS2102", assign.Position));
            case IfNode branch:
                return Check(branch.Condition) ?? Check(branch.Then) ?? (branch.Else is { } other ? Check(other) : null);
            case BlockNode block:
                return Check(block.Statements);
            case WhileNode loop:
                return Check(loop.Condition) ?? Check(loop.Body);
            case ForNode loop:
                _variables.TryAdd(loop.Variable, (ExprType.Integer, null));
                return Check([loop.From, loop.To]) ?? (loop.Step is { } step ? Check(step) : null) ?? Check(loop.Body);
            case ReturnNode { Value: { } value }:
                return Check(value);
            default:
                return null;
        }
    }

    private (string Code, TextPosition Position)? Check(IEnumerable<SyntaxNode> nodes) =>
        nodes.Select(Check).FirstOrDefault(e => e is not null);

    private bool IsKnown(string name) => _variables.ContainsKey(name) || ExpressionCompiler.FieldIndex(schema, name) >= 0
        || name.Equals("ESP_OPCODE", StringComparison.OrdinalIgnoreCase) || name.Equals("ESP_FLAGS", StringComparison.OrdinalIgnoreCase);

    // True: a return was reached.
    private bool Run(SyntaxNode node)
    {
        switch (node)
        {
            case DeclareNode declare:
                // A variable without a first value keeps what it has; every run of the oracle begins with none.
                var type = ExprTypes.OfName(declare.TypeName)!.Value;
                var former = _variables.GetValueOrDefault(declare.Name).Value;
                var first = declare.Value is { } given ? To(Value(given), type) : declare.IsPrivate ? null : former;
                _variables[declare.Name] = (type, first);
                return false;
            case AssignNode assign:
                Set(assign.Name, Value(assign.Value));
                return false;
            case IfNode branch:
                return (bool?)To(Value(branch.Condition), ExprType.Boolean) == true
                    ? Run(branch.Then)
                    : branch.Else is { } other && Run(other);
            case BlockNode block:
                return block.Statements.Any(Run);
            case WhileNode loop:
                while ((bool?)To(Value(loop.Condition), ExprType.Boolean) == true)
                {
                    Count();
                    if (Run(loop.Body))
                    {
                        return true;
                    }
                }

                return false;
            case ForNode loop:
                return For(loop);
            case ReturnNode back:
                _result = back.Value is { } value ? To(Value(value), _target) : null;
                return true;
            default:
                _result = To(Value(node), _target);
                return false;
        }
    }

    private bool For(ForNode loop)
    {
        _variables.TryAdd(loop.Variable, (ExprType.Integer, null));
        Set(loop.Variable, Value(loop.From));
        var to = (long?)To(Value(loop.To), ExprType.Integer);
        var step = (long?)To(loop.Step is { } by ? Value(by) : 1L, ExprType.Integer);
        while (_variables[loop.Variable].Value is long at && (step > 0 ? at <= to : step < 0 && at >= to))
        {
            Count();
            if (Run(loop.Body))
            {
                return true;
            }

            Set(loop.Variable, (long?)_variables[loop.Variable].Value + step);
        }

        return false;
    }

    private void Count()
    {
        if (++_rounds > Frame.LoopRoundsMax)
        {
            throw new LoopLimitException();
        }
    }

    private void Set(string name, object? value) => _variables[name] = (_variables[name].Type, To(value, _variables[name].Type));

    private object? Value(SyntaxNode node) => node switch
    {
        LiteralNode { Value: DateTime date } => new Days((date - DateTime.UnixEpoch).TotalDays),
        LiteralNode literal => literal.Value,
        NameNode name when _variables.TryGetValue(name.Name, out var variable) => variable.Value,
        NameNode { Name: "ESP_OPCODE" } => frame.OpcodeText(),
        NameNode { Name: "ESP_FLAGS" } => frame.FlagsText(),
        NameNode name => field(ExpressionCompiler.FieldIndex(schema, name.Name)),
        UnaryNode { Operator: "+" } unary => Value(unary.Operand),
        UnaryNode { Operator: "-" } unary => Value(unary.Operand) switch
        {
            long whole => (object?)unchecked(-whole),
            var other => -(double?)To(other, ExprType.Real),
        },
        UnaryNode unary => !(bool?)To(Value(unary.Operand), ExprType.Boolean),
        BinaryNode binary => Apply(binary.Operator, Value(binary.Left), Value(binary.Right)),
        CallNode call => Call(call.Name.ToLowerInvariant(), [.. call.Arguments.Select(Value)]),
        _ => throw new NotSupportedException(node.ToString()),
    };

    private static object? Apply(string name, object? left, object? right)
    {
        switch (name)
        {
            case "and":
                var (a, b) = ((bool?)To(left, ExprType.Boolean), (bool?)To(right, ExprType.Boolean));
                return a == false || b == false ? false : a is null || b is null ? null : true;
            case "or":
                var (c, d) = ((bool?)To(left, ExprType.Boolean), (bool?)To(right, ExprType.Boolean));
                return c == true || d == true ? true : c is null || d is null ? null : false;
            case "&":
                return $"{To(left, ExprType.Text)}{To(right, ExprType.Text)}";
        }

        if (left is null || right is null)
        {
            return null;
        }

        return name is "+" or "-" or "*" or "/" or "%" ? Arithmetic(name, left, right) : Compare(name, left, right);
    }

    private static object? Arithmetic(string name, object left, object right)
    {
        if (name != "/" && IsWhole(left) && IsWhole(right))
        {
            var (whole, other) = ((long)To(left, ExprType.Integer)!, (long)To(right, ExprType.Integer)!);
            return unchecked(name switch
            {
                "+" => whole + other,
                "-" => whole - other,
                "*" => whole * other,
                _ => other == 0 ? null : other == -1 ? 0L : whole % other,
            });
        }

        if (To(left, ExprType.Real) is not double l || To(right, ExprType.Real) is not double r || (name is "/" or "%" && r == 0))
        {
            return null;
        }

        var result = name switch { "+" => l + r, "-" => l - r, "*" => l * r, "/" => l / r, _ => l % r };
        var isDate = (name == "+" && left is Days != right is Days) || (name == "-" && left is Days && right is not Days);
        return isDate ? new Days(result) : result;
    }

    private static object? Compare(string name, object left, object right)
    {
        if (left is Days || right is Days)
        {
            return To(left, ExprType.Date) is Days l && To(right, ExprType.Date) is Days r ? Order(name, l.Value, r.Value) : null;
        }

        if (left is string && right is string)
        {
            return Order(name, string.CompareOrdinal((string)left, (string)right), 0);
        }

        if (right is string text)
        {
            var number = (double)To(left, ExprType.Real)!;
            return Order(name, Number(text) is { } other
                ? number.CompareTo(other)
                : string.CompareOrdinal(number.ToString("R", CultureInfo.InvariantCulture), text), 0);
        }

        if (left is string)
        {
            return Compare(name switch { "<" => ">", "<=" => ">=", ">" => "<", ">=" => "<=", _ => name }, right, left);
        }

        return IsWhole(left) && IsWhole(right)
            ? Order(name, (long)To(left, ExprType.Integer)!, (long)To(right, ExprType.Integer)!)
            : Order(name, (double)To(left, ExprType.Real)!, (double)To(right, ExprType.Real)!);
    }

    private static bool Order<T>(string name, T left, T right)
        where T : System.Numerics.IComparisonOperators<T, T, bool> => name switch
        {
            "==" => left == right,
            "!=" => left != right,
            "<" => left < right,
            "<=" => left <= right,
            ">" => left > right,
            _ => left >= right,
        };

    private object? Call(string name, object?[] arguments)
    {
        switch (name)
        {
            case "isnull": return arguments[0] is null;
            case "inlist": return arguments.Skip(1).Select(a => Apply("==", arguments[0], a)).Aggregate((a, b) => Apply("or", a, b));
            case "abs":
                return arguments[0] is long or bool
                ? NumberFunctions.Abs((long?)To(arguments[0], ExprType.Integer))
                : NumberFunctions.Abs((double?)To(arguments[0], ExprType.Real));
            case "max" or "min":
                return arguments.Aggregate((a, b) => Extreme(name == "max", a, b)) is var extreme && arguments.Length > 1
                ? extreme : arguments[0] switch
                {
                    null => null,
                    Days days => days,
                    bool or long => To(arguments[0], ExprType.Integer),
                    _
                    => To(arguments[0], ExprType.Real)
                };
            case "tointeger": return To(arguments[0], ExprType.Integer);
            case "toreal": return To(arguments[0], ExprType.Real);
            case "toboolean": return To(arguments[0], ExprType.Boolean);
            case "tostring": return To(arguments[0], ExprType.Text);
            case "formatdate":
                return DateFunctions.FormatDate(To(arguments[0], ExprType.Date) is Days date ? date.Value : null,
                    (string?)To(arguments[1], ExprType.Text));
            case "today": return new Days(frame.Today()!.Value);
            case "todate":
                return arguments.Length == 1 ? To(arguments[0], ExprType.Date)
                : DateFunctions.ToDate((string?)To(arguments[0], ExprType.Text), (string?)To(arguments[1], ExprType.Text)) is { } parsed
                    ? new Days(parsed) : null;
        }

        var method = MethodOf(ExpressionFunctions.Find(name)!, arguments.Length)!;
        var parameters = method.GetParameters();
        var skipped = parameters.Length - arguments.Length;
        var values = arguments.Select((a, i) => To(a, ExprTypes.Of(parameters[i + skipped].ParameterType)));
        return method.Invoke(null, [.. skipped == 1 ? values.Prepend(frame) : values]);
    }

    private static object? Extreme(bool isMax, object? left, object? right)
    {
        if (left is null || right is null)
        {
            return null;
        }

        if (IsWhole(left) && IsWhole(right))
        {
            var (a, b) = ((long)To(left, ExprType.Integer)!, (long)To(right, ExprType.Integer)!);
            return isMax ? Math.Max(a, b) : Math.Min(a, b);
        }

        if (To(left, ExprType.Real) is not double l || To(right, ExprType.Real) is not double r)
        {
            return null;
        }

        var result = isMax ? Math.Max(l, r) : Math.Min(l, r);
        return left is Days && right is Days ? new Days(result) : result;
    }

    private static MethodInfo? MethodOf(ExpressionFunction function, int count) =>
        function.Methods.FirstOrDefault(m => m.GetParameters().Count(p => p.ParameterType != typeof(Frame)) == count);

    private static bool IsWhole(object value) => value is long or bool;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real : null;

    /// <summary>The conversion of a value to a type; null for what does not convert.</summary>
    public static object? To(object? value, ExprType type) => (value, type) switch
    {
        (null, _) => null,
        (long whole, ExprType.Integer) => whole,
        (bool truth, ExprType.Integer) => truth ? 1L : 0L,
        (string text, ExprType.Integer) when long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole)
            => whole,
        (_, ExprType.Integer) => To(value, ExprType.Real) is double real && real >= -9.2233720368547758E18 && real < 9.2233720368547758E18
            ? (long)real : null,
        (double real, ExprType.Real) => real,
        (Days days, ExprType.Real) => days.Value,
        (string text, ExprType.Real) => Number(text),
        (_, ExprType.Real) => (double)(long)To(value, ExprType.Integer)!,
        (Days days, ExprType.Date) => days,
        (string text, ExprType.Date) => DateFunctions.ToDate(text) is { } days ? new Days(days) : null,
        (_, ExprType.Date) => new Days((double)To(value, ExprType.Real)!),
        (bool truth, ExprType.Boolean) => truth,
        (string text, ExprType.Boolean) => text.Trim().Equals("true", StringComparison.OrdinalIgnoreCase) || Number(text) is { } number
            && number != 0,
        (_, ExprType.Boolean) => (double)To(value, ExprType.Real)! != 0,
        (string text, _) => text,
        (bool truth, _) => truth ? "1" : "0",
        (Days days, _) => DateFunctions.FormatDate(days.Value, "YYYY-MM-DD hh:mm:ss"),
        (double real, _) => real.ToString("R", CultureInfo.InvariantCulture),
        _ => ((long)value).ToString(CultureInfo.InvariantCulture),
    };
}
