namespace Lockstep.Engine.Functions;

/// <summary>Conditions and comparisons. Values are compared as numbers when both are, else as text.</summary>
internal static class LogicFunctions
{
    /// <summary>The functions.</summary>
    public static FunctionGroup Group { get; } = new("Conditions",
    [
        new("if", "condition, then, else?", "then when the condition is true, else the third, null without it",
            "if(gt(2,1),'yes','no')", "yes", static (a, f) => a[0].Evaluate(f).ToBoolean() ? a[1].Evaluate(f) : Optional(a, 2, f)),
        new("ifNext", "condition1, value1, more...?", "the value behind the first condition that is true",
            "ifNext(false(),'a',true(),'b')", "b", IfNext),
        new("ifSome", "value, then?, else?", "then, or the value itself, when it is neither null nor empty; else the third",
            "ifSome($t,'some','none')", "some", static (a, f) =>
            {
                var value = a[0].Evaluate(f);
                var isSome = value.IsWhole || value.ToText() is { Length: > 0 };
                return !isSome ? Optional(a, 2, f) : a.Length > 1 ? a[1].Evaluate(f) : value;
            }),
        new("switch", "value, match1, result1, more...?",
            "the result behind the first match that equals the value; a last one alone for others",
            "switch('b','a',1,'b',2,3)", "2", Switch),
        new("firstOf", "value...", "the first value that is not null", "firstOf($a,'b','c')", "b", FirstOf),
        new("coalesce", "value...", "the same as firstOf", "coalesce($a,5)", "5", FirstOf),
        new("equals", "a, b", "1 when both are equal", "equals('1.0',1)", "1", static (a, f) => Variant.Of(Order(a, f) == 0)),
        new("neq", "a, b", "1 when they differ; 0 when one is null", "neq('x','y')", "1",
            static (a, f) => Variant.Of(Order(a, f) is not (null or 0))),
        new("lt", "a, b", "1 when a is less", "lt(9,10)", "1", static (a, f) => Variant.Of(Order(a, f) < 0)),
        new("lte", "a, b", "1 when a is less or equal", "lte(10,10)", "1", static (a, f) => Variant.Of(Order(a, f) <= 0)),
        new("gt", "a, b", "1 when a is greater", "gt('b','a')", "1", static (a, f) => Variant.Of(Order(a, f) > 0)),
        new("gte", "a, b", "1 when a is greater or equal", "gte(1,2)", "0", static (a, f) => Variant.Of(Order(a, f) >= 0)),
        new("compare", "a, b", "-1, 0 or 1 for less, equal, greater", "compare(3,20)", "-1",
            static (a, f) => Variant.Of(Order(a, f) is { } order ? (long)Math.Sign(order) : (long?)null)),
        new("between", "value, low, high", "1 when low <= value <= high", "between(5,1,9)", "1", static (a, f) =>
        {
            var value = a[0].Evaluate(f);
            return Variant.Of(Variant.Compare(value, a[1].Evaluate(f)) >= 0 && Variant.Compare(value, a[2].Evaluate(f)) <= 0);
        }),
        new("interval", "value, limit1, result1, more...?",
            "the result behind the first limit that the value is below; a last one alone for others",
            "interval(15,10,'low',20,'middle','high')", "middle", Interval),
        new("and", "condition...", "1 when all are true", "and(1,'true',0)", "0", And),
        new("or", "condition...", "1 when one is true", "or(0,'x')", "1", Or),
        new("not", "condition", "1 when it is false", "not(0)", "1", static (a, f) => Variant.Of(!a[0].Evaluate(f).ToBoolean())),
        new("isNull", "value", "1 for null", "isNull($a)", "1", static (a, f) => Variant.Of(a[0].Evaluate(f).IsNull)),
        new("isNotNull", "value", "1 for anything but null", "isNotNull($a)", "0", static (a, f) => Variant.Of(!a[0].Evaluate(f).IsNull)),
        new("boolean", "value", "0 for null, 0, empty text and false, else 1", "boolean('false')", "0",
            static (a, f) => Variant.Of(a[0].Evaluate(f).ToBoolean())),
        new("true", "", "1", "true()", "1", static (_, _) => Variant.Of(true)),
        new("false", "", "0", "false()", "0", static (_, _) => Variant.Of(false)),
    ]);

    private static int? Order(FunctionNode[] arguments, FunctionFrame frame) =>
        Variant.Compare(arguments[0].Evaluate(frame), arguments[1].Evaluate(frame));

    private static Variant Optional(FunctionNode[] arguments, int index, FunctionFrame frame) =>
        index < arguments.Length ? arguments[index].Evaluate(frame) : Variant.Null;

    private static Variant IfNext(FunctionNode[] arguments, FunctionFrame frame)
    {
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            if (arguments[i].Evaluate(frame).ToBoolean())
            {
                return arguments[i + 1].Evaluate(frame);
            }
        }

        return Variant.Null;
    }

    private static Variant Switch(FunctionNode[] arguments, FunctionFrame frame)
    {
        var value = arguments[0].Evaluate(frame);
        for (var i = 1; i + 1 < arguments.Length; i += 2)
        {
            if (Variant.Compare(value, arguments[i].Evaluate(frame)) == 0)
            {
                return arguments[i + 1].Evaluate(frame);
            }
        }

        return arguments.Length % 2 == 0 ? arguments[^1].Evaluate(frame) : Variant.Null;
    }

    private static Variant Interval(FunctionNode[] arguments, FunctionFrame frame)
    {
        var value = arguments[0].Evaluate(frame);
        for (var i = 1; i + 1 < arguments.Length; i += 2)
        {
            if (Variant.Compare(value, arguments[i].Evaluate(frame)) < 0)
            {
                return arguments[i + 1].Evaluate(frame);
            }
        }

        return value.IsNull || arguments.Length % 2 != 0 ? Variant.Null : arguments[^1].Evaluate(frame);
    }

    private static Variant FirstOf(FunctionNode[] arguments, FunctionFrame frame)
    {
        foreach (var argument in arguments)
        {
            if (argument.Evaluate(frame) is { IsNull: false } value)
            {
                return value;
            }
        }

        return Variant.Null;
    }

    private static Variant And(FunctionNode[] arguments, FunctionFrame frame)
    {
        foreach (var argument in arguments)
        {
            if (!argument.Evaluate(frame).ToBoolean())
            {
                return Variant.Of(false);
            }
        }

        return Variant.Of(true);
    }

    private static Variant Or(FunctionNode[] arguments, FunctionFrame frame)
    {
        foreach (var argument in arguments)
        {
            if (argument.Evaluate(frame).ToBoolean())
            {
                return Variant.Of(true);
            }
        }

        return Variant.Of(false);
    }
}
