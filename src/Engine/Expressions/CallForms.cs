using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Lockstep.Engine.Expressions;

/// <summary>The code of calls whose type follows from their arguments, or whose arguments are no plain values.</summary>
internal static class CallForms
{
    public static Typed IsNull(CallNode call, BodyCompiler body)
    {
        var value = body.Value(Arguments(call, 1, 1)[0]);
        return value.Type == ExprType.Null
            ? new Typed(Expression.Constant(true, typeof(bool?)), ExprType.Boolean)
            : new Typed(Expression.Convert(
                Expression.Equal(value.Code, Expression.Constant(null, value.Code.Type)), typeof(bool?)), ExprType.Boolean);
    }

    public static Typed TypeOf(CallNode call, BodyCompiler body) =>
        new(Expression.Constant(ExprTypes.NameOf(body.Value(Arguments(call, 1, 1)[0]).Type)), ExprType.Text);

    public static Typed InList(CallNode call, BodyCompiler body)
    {
        var values = Values(call, body, 2, int.MaxValue);
        return values.Skip(1).Select(item => body.Apply("==", values[0], item, call.Position))
            .Aggregate((a, b) => body.Apply("or", a, b, call.Position));
    }

    public static Typed Abs(CallNode call, BodyCompiler body) => Numeric(call, Values(call, body, 1, 1), nameof(NumberFunctions.Abs));

    public static Typed Extreme(CallNode call, BodyCompiler body)
    {
        var name = call.Name.Equals("max", StringComparison.OrdinalIgnoreCase) ? nameof(NumberFunctions.Max) : nameof(NumberFunctions.Min);
        var values = Values(call, body, 1, int.MaxValue);
        return values.Length == 1 ? Numeric(call, values, null) : values.Aggregate((a, b) => Numeric(call, [a, b], name));
    }

    /// <summary>tointeger, toreal, toboolean, tostring.</summary>
    public static Typed Convert(CallNode call, BodyCompiler body)
    {
        var target = ExprTypes.OfName(call.Name[2..])!.Value;
        return new Typed(As(Values(call, body, 1, 1)[0], target, call), target);
    }

    public static Typed ToDate(CallNode call, BodyCompiler body)
    {
        var values = Values(call, body, 1, 2);
        var code = values.Length == 1
            ? As(values[0], ExprType.Date, call)
            : Expression.Call(typeof(DateFunctions), nameof(DateFunctions.ToDate), null, As(values[0], ExprType.Text, call), As(values[1],
                ExprType.Text, call));
        return new Typed(code, ExprType.Date);
    }

    public static Typed FormatDate(CallNode call, BodyCompiler body)
    {
        var values = Values(call, body, 2, 2);
        return new Typed(Expression.Call(typeof(DateFunctions), nameof(DateFunctions.FormatDate), null,
            As(values[0], ExprType.Date, call), As(values[1], ExprType.Text, call)), ExprType.Text);
    }

    public static Typed Today(CallNode call, BodyCompiler body)
    {
        Arguments(call, 0, 0);
        return new Typed(Expression.Call(body.DependOnTime(), nameof(Frame.Today), null), ExprType.Date);
    }

    public static Typed Parameter(CallNode call, BodyCompiler body)
    {
        if (Arguments(call, 1, 1)[0] is not LiteralNode { Value: long index })
        {
            throw new ExpressionException("LS2105", call.Position, "parameter() takes one whole number, written out.");
        }

        return index >= 1 && index <= body.CallArguments.Count
            ? body.CallArguments[(int)index - 1]
            : throw new ExpressionException("LS2104", call.Position,
                $"parameter({index}) is asked for, but the call has {body.CallArguments.Count} arguments.");
    }

    public static Typed ParameterCount(CallNode call, BodyCompiler body)
    {
        Arguments(call, 0, 0);
        return new Typed(Expression.Constant((long)body.CallArguments.Count, typeof(long?)), ExprType.Integer);
    }

    /// <summary>Sets the variables among the arguments to the words of a text.</summary>
    public static Typed Parse(CallNode call, BodyCompiler body)
    {
        var arguments = Arguments(call, 3, int.MaxValue);
        var words = Expression.Variable(typeof(string[]), "words");
        var (text, delimiter) = (As(body.Value(arguments[0]), ExprType.Text, call), As(body.Value(arguments[1]), ExprType.Text, call));
        List<Expression> code =
        [
            Expression.Assign(words, Expression.Call(
                typeof(TextFunctions), nameof(TextFunctions.Words), null, body.Frame, text, delimiter)),
        ];
        for (var i = 2; i < arguments.Length; i++)
        {
            if (arguments[i] is not NameNode name)
            {
                throw new ExpressionException("LS2104", arguments[i].Position, "parse() sets variables: write the name of one.");
            }

            var word = Expression.Call(typeof(CallForms), nameof(WordAt), null, words, Expression.Constant(i - 2));
            code.Add(body.Assign(name.Name, name.Position, new Typed(word, ExprType.Text)));
        }

        code.Add(Expression.Call(typeof(CallForms), nameof(CountOf), null, words));
        return new Typed(Expression.Block(typeof(long?), [words], code), ExprType.Integer);
    }

    /// <summary>A word; null when there is none.</summary>
    public static string? WordAt(string[]? words, int index) => index < words?.Length ? words[index] : null;

    /// <summary>The number of words; null of null.</summary>
    public static long? CountOf(string[]? words) => words?.Length;

    private static Typed[] Values(CallNode call, BodyCompiler body, int least, int most) =>
        [.. Arguments(call, least, most).Select(body.Value)];

    private static ImmutableArray<SyntaxNode> Arguments(CallNode call, int least, int most) =>
        call.Arguments.Length >= least && call.Arguments.Length <= most
            ? call.Arguments
            : throw new ExpressionException("LS2104", call.Position, $"'{call.Name}' takes "
                + (most == least ? $"{least}" : most == int.MaxValue ? $"at least {least}" : $"{least} to {most}")
                + $" arguments, not {call.Arguments.Length}.");

    private static Expression As(Typed value, ExprType type, CallNode call) => Coercion.Convert(value, type)
        ?? throw new ExpressionException("LS2103", call.Position, $"'{call.Name.ToLowerInvariant()}' cannot take a {value.Type}.");

    // Dates stay dates, whole numbers and truth values become whole, all else real.
    private static Typed Numeric(CallNode call, Typed[] arguments, string? name)
    {
        var type = Array.TrueForAll(arguments, a => a.Type is ExprType.Integer or ExprType.Boolean) ? ExprType.Integer
            : name != nameof(NumberFunctions.Abs) && Array.TrueForAll(arguments, a => a.Type == ExprType.Date) ? ExprType.Date
            : ExprType.Real;
        var values = Array.ConvertAll(arguments, a => As(a, type, call));
        return name is null
            ? new Typed(values[0], type)
            : new Typed(Expression.Call(typeof(NumberFunctions).GetMethod(name, Array.ConvertAll(values, v => v.Type))!, values), type);
    }
}
