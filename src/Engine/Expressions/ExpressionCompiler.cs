using System.Linq.Expressions;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Expressions.Columns;

namespace Lockstep.Engine.Expressions;

/// <summary>
/// Compiles the expressions of one window, which share its variables and udfs. Types are checked on the way and errors carry the
/// place in the model. Udfs are compiled into each call, so parameters have the types of the arguments; a udf that calls itself is
/// therefore refused.
/// </summary>
internal sealed class ExpressionCompiler
{
    private readonly Dictionary<string, UserFunctionDefinition> _functions = new(StringComparer.OrdinalIgnoreCase);
    private readonly VariableTable _variables;
    private readonly UnifiedNames? _unified;
    private readonly Schema _schema;
    private readonly CompiledExpression? _initializer;
    private readonly Func<CallNode, int>? _callFields;

    /// <summary>Prepares the compiler; the initializer declares its variables.</summary>
    /// <param name="schema">The fields that expressions see.</param>
    /// <param name="initializer">Variables and udfs; null for none.</param>
    /// <param name="callFields">The field whose value a call is, -1 for other calls; null for no such calls.</param>
    /// <param name="unified">Names that <c>==</c> binds, with the table of variables they lie in; null for none.</param>
    /// <exception cref="ExpressionException">The initializer does not compile.</exception>
    public ExpressionCompiler(
        Schema schema, ExpressionInitializer? initializer, Func<CallNode, int>? callFields = null, UnifiedNames? unified = null)
    {
        _schema = schema;
        _unified = unified;
        _variables = unified?.Variables ?? new VariableTable();
        _callFields = callFields;
        foreach (var function in initializer?.Functions ?? [])
        {
            if (ExprTypes.OfName(function.Type) is not { } type || !ExprTypes.IsValue(type))
            {
                throw new ExpressionException("LS2103", function.Body.Position,
                    $"Function '{function.Name}' cannot give a '{function.Type}'.");
            }

            _functions[function.Name] = function;
        }

        if (initializer?.Initializer is { } code)
        {
            _initializer = Compile(code, ExprType.Text);
        }
    }

    /// <summary>
    /// Compiles an expression to give a type; every variable it declares can be used by those compiled later.
    /// </summary>
    /// <exception cref="ExpressionException">LS21xx, with the place.</exception>
    public CompiledExpression Compile(ExpressionText text, ExprType target)
    {
        var frame = Expression.Parameter(typeof(Frame), "frame");
        var scope = new BodyCompiler(this, frame);
        var body = scope.CompileBody(text, target, []);
        var type = typeof(Func<,>).MakeGenericType(typeof(Frame), ExprTypes.ClrTypeOf(target));
        return new CompiledExpression(Expression.Lambda(type, body, frame).Compile(), scope.IsPure, body);
    }

    /// <summary>
    /// Makes the frame of the window, after all expressions are compiled, and runs the initializer.
    /// </summary>
    public Frame CreateFrame()
    {
        var frame = _variables.CreateFrame();
        _initializer?.As<string?>()(frame);
        return frame;
    }

    /// <summary>The fields that the expressions compiled so far use.</summary>
    public SortedSet<int> UsedFields { get; } = [];

    /// <summary>Where the column forms of the window's expressions work.</summary>
    public RowChunk Chunk { get; } = new();

    /// <summary>The variables of the window.</summary>
    public VariableTable Variables => _variables;

    /// <summary>True for a field of the input with the name in these very capitals.</summary>
    public bool HasField(string name) => _schema.IndexOf(name) >= 0;

    /// <summary>The index of a field, exact case first; -1 for none.</summary>
    public int FieldIndex(string name) => FieldIndex(_schema, name);

    /// <summary>The index of a field of a schema, exact case first; -1 for none.</summary>
    public static int FieldIndex(Schema schema, string name)
    {
        var index = schema.IndexOf(name);
        for (var i = 0; index < 0 && i < schema.Fields.Length; i++)
        {
            index = schema.Fields[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase) ? i : -1;
        }

        return index;
    }

    /// <summary>True for a field of the input, for reserved names and for names that <c>==</c> binds.</summary>
    public bool IsField(string name) => (FieldIndex(name) >= 0 && !_variables.IsSpelled(name)) || IsReserved(name) || IsUnified(name);

    /// <summary>True for a name that <c>==</c> binds; a field of the name goes before it.</summary>
    public bool IsUnified(string name) => _unified?.Contains(name) == true && FieldIndex(name) < 0;

    /// <summary>A variable as code; null when there is none of the name.</summary>
    public Typed? Variable(string name, ParameterExpression frame) =>
        _unified?.Contains(name) == true && !IsUnified(name) ? null : _variables.Access(name, frame);

    /// <summary>The type of a part of an expression.</summary>
    /// <exception cref="ExpressionException">It does not compile.</exception>
    public ExprType TypeOf(SyntaxNode node) => new BodyCompiler(this, Expression.Parameter(typeof(Frame), "frame")).TypeOf(node);

    /// <summary>A user function; null when there is none of the name.</summary>
    public UserFunctionDefinition? Function(string name) => _functions.GetValueOrDefault(name);

    /// <summary>A field or reserved name as code; null when there is none.</summary>
    public Typed? Field(string name, ParameterExpression frame, TextPosition position)
    {
        if (name.Equals("ESP_OPCODE", StringComparison.OrdinalIgnoreCase))
        {
            return new Typed(Expression.Call(frame, nameof(Frame.OpcodeText), null), ExprType.Text);
        }

        if (name.Equals("ESP_FLAGS", StringComparison.OrdinalIgnoreCase))
        {
            return new Typed(Expression.Call(frame, nameof(Frame.FlagsText), null), ExprType.Text);
        }

        return FieldIndex(name) is >= 0 and var index ? FieldAt(index, name, frame, position) : null;
    }

    /// <summary>A call that stands for a field, as code; null for other calls.</summary>
    public Typed? FieldOfCall(CallNode call, ParameterExpression frame) =>
        _callFields?.Invoke(call) is >= 0 and var index ? FieldAt(index, call.Name, frame, call.Position) : null;

    /// <summary>dim and get of an array field, as code; null when the target is no such field.</summary>
    /// <exception cref="ExpressionException">It is one, but the function or its arguments are wrong.</exception>
    public Typed? ItemsOf(MethodNode call, BodyCompiler body)
    {
        var index = FieldIndex(call.Target);
        FieldType? type = index < 0 ? null : _schema.Fields[index].Type;
        if (type is not (FieldType.ArrayInt32 or FieldType.ArrayInt64 or FieldType.ArrayDouble))
        {
            return null;
        }

        switch (call.Name.ToUpperInvariant(), call.Arguments.Length)
        {
            case ("DIM", 0):
                return new Typed(Expression.Call(body.Frame, nameof(Frame.ItemCount), null, Expression.Constant(index)), ExprType.Integer);
            case ("GET", 1):
                var at = Coercion.Convert(body.Value(call.Arguments[0]), ExprType.Integer)
                    ?? throw new ExpressionException("LS2103", call.Arguments[0].Position, "The index of an item is a number.");
                var (method, item) = type == FieldType.ArrayDouble
                    ? (nameof(Frame.RealItem), ExprType.Real) : (nameof(Frame.IntegerItem), ExprType.Integer);
                return new Typed(Expression.Call(body.Frame, method, null, Expression.Constant(index), at), item);
            default:
                throw new ExpressionException("LS2104", call.Position, "An array field has dim() and get(index).");
        }
    }

    private Typed FieldAt(int index, string name, ParameterExpression frame, TextPosition position)
    {
        var type = _schema.Fields[index].Type;
        var method = type switch
        {
            FieldType.Int32 or FieldType.Int64 => nameof(Frame.Integer),
            FieldType.Double => nameof(Frame.Real),
            FieldType.Money => nameof(Frame.Money),
            FieldType.Date => nameof(Frame.Date),
            FieldType.Stamp => nameof(Frame.Stamp),
            FieldType.String => nameof(Frame.Text),
            _ => throw new ExpressionException("LS2103", position,
                $"Field '{name}' of type {FieldTypeNames.NameOf(type)} cannot be used in an expression."),
        };
        UsedFields.Add(index);
        return new Typed(Expression.Call(frame, method, null, Expression.Constant(index)), ExprTypes.OfField(type)!.Value);
    }

    /// <summary>True for the reserved fields.</summary>
    public static bool IsReserved(string name) =>
        name.Equals("ESP_OPCODE", StringComparison.OrdinalIgnoreCase)
        || name.Equals("ESP_FLAGS", StringComparison.OrdinalIgnoreCase);
}
