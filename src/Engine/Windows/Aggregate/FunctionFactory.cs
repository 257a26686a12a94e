using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Indexes;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>Makes the aggregate functions (language.md 3.8) and the states behind them.</summary>
internal sealed class FunctionFactory(Schema input, GroupTable groups, bool insertOnly)
{
    private static readonly string[] Names =
    [
        "Ave", "AveTimed", "Cat", "Count", "CountDistinct", "CountNonNull", "CountNull", "CountOpcodes", "CountTimed", "CSS", "CV",
        "First", "Gini", "Kurtosis", "Lag", "Last", "LastNonDelete", "LastOpcode", "Max", "MaxTimed", "Median", "Min", "MinTimed",
        "Mode", "Range", "Skew", "Std", "StdErr", "Sum", "SumTimed", "USS", "Var", "WAve",
    ];

    // Far more than any model looks back; keeps a typing error from keeping every event.
    private const long LagMax = 1_000_000;
    private const double SecondsMax = 1e11;
    private readonly Dictionary<string, GroupState> _shared = new(StringComparer.Ordinal);
    private readonly List<GroupState> _states = [];
    private readonly Dictionary<string, ExtremeChain> _chains = new(StringComparer.Ordinal);

    /// <summary>The states made so far.</summary>
    public IReadOnlyList<GroupState> States => _states;

    /// <summary>The members; null when no function made so far needs them.</summary>
    public MemberStore? Members { get; private set; }

    /// <summary>Makes the function of a call.</summary>
    /// <exception cref="ExpressionException">There is none of the name, or its arguments are wrong.</exception>
    public GroupResult Create(CallNode call)
    {
        var name = call.Name.ToUpperInvariant()["ESP_A".Length..];
        switch (name)
        {
            case "SUM": return Sum(call, Field(call, 0, 1), Shared);
            case "AVE": return Mean(call, Field(call, 0, 1), Shared);
            case "COUNT":
                Expect(call, 0);
                return new NumberResult<long>(FieldType.Int64, g => groups.Members(g));
            case "COUNTNONNULL": return CountOf(Field(call, 0, 1), ofNulls: false);
            case "COUNTNULL": return CountOf(Field(call, 0, 1), ofNulls: true);
            case "STD": return Moments(call, static (m, g) => m.Std(g));
            case "VAR": return Moments(call, static (m, g) => m.Variance(g));
            case "STDERR": return Moments(call, static (m, g) => m.StdErr(g));
            case "CSS": return Moments(call, static (m, g) => m.Css(g));
            case "USS": return Moments(call, static (m, g) => m.Uss(g));
            case "CV": return Moments(call, static (m, g) => m.Cv(g));
            case "WAVE": return WeightedMean(call, Number(call, 0, 2), Number(call, 1, 2));
            case "MIN": return Extreme(call, Field(call, 0, 1), 1);
            case "MAX": return Extreme(call, Field(call, 0, 1), -1);
            case "RANGE": return Range(call, Number(call, 0, 1));
            case "FIRST": return First(Field(call, 0, 1));
            case "LAST": return Kept(Field(call, 0, 1), KeptRule.Last);
            case "LASTNONDELETE": return Kept(Field(call, 0, 1), KeptRule.LastNonDelete);
            case "LAG": return Lag(call, Field(call, 0, 2));
            case "COUNTOPCODES": return CountOpcodes(call);
            case "LASTOPCODE": return LastOpcode(call);
            case "GINI" or "SKEW" or "KURTOSIS":
                return OfMembers(call, name, Number(call, 0, 1));
            case "CAT" or "MODE" or "MEDIAN" or "COUNTDISTINCT":
                return OfMembers(call, name, Ordered(call, Field(call, 0, name == "CAT" ? call.Arguments.Length : 1)));
            case "SUMTIMED": return Sum(call, Field(call, 0, 2), Timed(call, 1));
            case "AVETIMED": return Mean(call, Field(call, 0, 2), Timed(call, 1));
            case "MINTIMED": return Running(Ordered(call, Field(call, 0, 2)), 1, Timed(call, 1));
            case "MAXTIMED": return Running(Ordered(call, Field(call, 0, 2)), -1, Timed(call, 1));
            case "COUNTTIMED":
                Expect(call, 1);
                var count = Timed(call, 0)("count", () => new CountState(-1));
                return new NumberResult<long>(FieldType.Int64, g => ((CountState)count).Count(g));
            default:
                throw new ExpressionException("LS2104", call.Position, $"There is no aggregate function '{call.Name}'. There are: "
                    + $"{string.Join(", ", Names.Select(n => $"ESP_a{n}"))}.");
        }
    }

    private delegate GroupState StateMaker(string key, Func<GroupState> make);

    private FieldType TypeOf(int field) => input.Fields[field].Type;

    private GroupState Shared(string key, Func<GroupState> make)
    {
        if (!_shared.TryGetValue(key, out var state))
        {
            _shared.Add(key, state = make());
            _states.Add(state);
        }

        return state;
    }

    // States of periods of one length are shared too; the inner state is what results read.
    private StateMaker Timed(CallNode call, int argument)
    {
        var seconds = call.Arguments.Length > argument && call.Arguments[argument] is LiteralNode { Value: long or double } literal
            ? Convert.ToDouble(literal.Value, System.Globalization.CultureInfo.InvariantCulture)
            : throw new ExpressionException("LS2104", call.Position, $"'{call.Name}' needs a number of seconds, written out.");
        if (seconds > SecondsMax)
        {
            throw new ExpressionException("LS2104", call.Position, $"'{call.Name}' takes at most {SecondsMax} seconds.");
        }

        var length = (long)Math.Round(seconds * 1_000_000);
        return (_, make) =>
        {
            var inner = make();
            _states.Add(new TimedState(inner, length));
            return inner;
        };
    }

    // Of one kind of state and one field there is one, however many functions read it.
    private static T Make<T>(StateMaker maker, int field, Func<T> make)
        where T : GroupState => (T)maker($"{typeof(T).Name} {field}", make);

    private GroupResult Sum(CallNode call, int field, StateMaker maker) => TypeOf(field) switch
    {
        FieldType.Int32 or FieldType.Int64 =>
            new NumberResult<long>(FieldType.Int64, Make(maker, field, () => new WholeSum(field)).Sum),
        FieldType.Double => new NumberResult<double>(FieldType.Double, Make(maker, field, () => new RealSum(field)).Sum),
        FieldType.Money => new NumberResult<decimal>(FieldType.Money, Make(maker, field, () => new AmountSum(field)).Sum),
        FieldType.ArrayDouble or FieldType.ArrayInt32 or FieldType.ArrayInt64 =>
            new ObjectResult<double?[]>(FieldType.ArrayDouble, Make(maker, field, () => new ArraySum(field)).Sum),
        _ => throw NoNumber(call, field),
    };

    private GroupResult Mean(CallNode call, int field, StateMaker maker)
    {
        var type = TypeOf(field);
        switch (type)
        {
            case FieldType.Int32 or FieldType.Int64:
                return new NumberResult<double>(FieldType.Double, Make(maker, field, () => new WholeSum(field)).Mean);
            case FieldType.Date or FieldType.Stamp:
                var time = Make(maker, field, () => new WholeSum(field));
                return new NumberResult<long>(type, g => time.Mean(g) is { } mean ? (long)Math.Round(mean) : null);
            case FieldType.Double:
                return new NumberResult<double>(FieldType.Double, Make(maker, field, () => new RealSum(field)).Mean);
            case FieldType.Money:
                return new NumberResult<decimal>(FieldType.Money, Make(maker, field, () => new AmountSum(field)).Mean);
            case FieldType.ArrayDouble or FieldType.ArrayInt32 or FieldType.ArrayInt64:
                return new ObjectResult<double?[]>(FieldType.ArrayDouble, Make(maker, field, () => new ArraySum(field)).Mean);
            default:
                throw NoNumber(call, field);
        }
    }

    private NumberResult<long> CountOf(int field, bool ofNulls)
    {
        var state = Make(Shared, field, () => new CountState(field));
        return new NumberResult<long>(FieldType.Int64, ofNulls ? g => groups.Members(g) - state.Count(g) : g => state.Count(g));
    }

    private NumberResult<long> CountOpcodes(CallNode call)
    {
        Expect(call, 1);
        if (call.Arguments[0] is not LiteralNode { Value: long and >= 1 and <= 6 and var number })
        {
            throw new ExpressionException("LS2104", call.Position, $"'{call.Name}' takes the number of an opcode, written out: "
                + "1 insert, 2 update, 3 upsert, 4 delete, 5 update block, 6 safe delete.");
        }

        var state = Make(Shared, -1, () => new OpcodeState());
        return new NumberResult<long>(FieldType.Int64, g => state.Count(g, (Opcode)(long)number));
    }

    private NumberResult<long> LastOpcode(CallNode call)
    {
        // Models of the original give it a number, of which the result does not depend.
        Expect(call, call.Arguments.Length == 0 ? 0 : 1);
        return new NumberResult<long>(FieldType.Int64, Make(Shared, -1, () => new OpcodeState()).Last);
    }

    private NumberResult<double> Moments(CallNode call, Func<MomentState, int, double?> valueOf)
    {
        var field = Number(call, 0, 1);
        var state = Make(Shared, field, () => new MomentState(field));
        return new NumberResult<double>(FieldType.Double, g => valueOf(state, g));
    }

    private NumberResult<double> WeightedMean(CallNode call, int weight, int field)
    {
        Expect(call, 2);
        var state = (WeightedState)Shared($"weighted {weight} {field}", () => new WeightedState(weight, field));
        return new NumberResult<double>(FieldType.Double, state.Mean);
    }

    private GroupResult Extreme(CallNode call, int field, int sign) => insertOnly
        ? Running(Ordered(call, field), sign, Shared)
        : new ExtremeResult(TypeOf(field), Chain(Ordered(call, field), sign));

    // The same as slots of kept values.
    private StoredResult ExtremeSlots(CallNode call, int field, int sign) => insertOnly
        ? Running(Ordered(call, field), sign, Shared)
        : new StoredResult(TypeOf(field), Keep(field, int.MaxValue), Chain(field, sign).Best);

    private ExtremeChain Chain(int field, int sign)
    {
        var key = $"{field} {sign}";
        if (!_chains.TryGetValue(key, out var chain))
        {
            var column = Keep(field, int.MaxValue);
            chain = column switch
            {
                StoreColumn<double> c => new ExtremeChain<double>(Members!, c, field, sign),
                StoreColumn<long> c => new ExtremeChain<long>(Members!, c, field, sign),
                StoreColumn<decimal> c => new ExtremeChain<decimal>(Members!, c, field, sign),
                _ => new ExtremeChain<string>(Members!, (StoreColumn<string>)column, field, sign),
            };
            _chains.Add(key, chain);
            Members!.Follow(chain);
        }

        return chain;
    }

    private StoredResult Running(int field, int sign, StateMaker maker) => TypeOf(field) switch
    {
        FieldType.Double => Running<double>(field, sign, maker),
        FieldType.Money => Running<decimal>(field, sign, maker),
        FieldType.String => Running<string>(field, sign, maker),
        _ => Running<long>(field, sign, maker),
    };

    private StoredResult Running<T>(int field, int sign, StateMaker maker)
    {
        var type = TypeOf(field);
        var state = (RunningExtreme<T>)maker($"extreme {field} {sign}", () => new RunningExtreme<T>(field, type, sign));
        return new StoredResult(type, state.Values, state.SlotOf);
    }

    private GroupResult Range(CallNode call, int field)
    {
        var (low, high) = (ExtremeSlots(call, field, 1), ExtremeSlots(call, field, -1));
        return (low.Values, high.Values) switch
        {
            (StoreColumn<double> l, StoreColumn<double> h) => new NumberResult<double>(FieldType.Double,
                g => low.SlotOf(g) is >= 0 and var slot ? h[high.SlotOf(g)] - l[slot] : null),
            (StoreColumn<decimal> l, StoreColumn<decimal> h) => new NumberResult<double>(FieldType.Double,
                g => low.SlotOf(g) is >= 0 and var slot ? (double)h[high.SlotOf(g)] - (double)l[slot] : null),
            _ => new NumberResult<long>(FieldType.Int64, g => low.SlotOf(g) is >= 0 and var slot
                ? high.Values.GetInt64(high.SlotOf(g)) - low.Values.GetInt64(slot) : null),
        };
    }

    private StoredResult First(int field)
    {
        if (insertOnly)
        {
            return Kept(field, KeptRule.First);
        }

        var column = Keep(field, int.MaxValue);
        return new StoredResult(TypeOf(field), column, Members!.Oldest);
    }

    private StoredResult Kept(int field, KeptRule rule)
    {
        var state = (KeptValue)Shared($"{rule} {field}", () => new KeptValue(field, TypeOf(field), rule));
        return new StoredResult(TypeOf(field), state.Values, static g => g);
    }

    private StoredResult Lag(CallNode call, int field)
    {
        if (call.Arguments[1] is not LiteralNode { Value: long places } || places < 0 || places > LagMax)
        {
            throw new ExpressionException("LS2104", call.Position, $"'{call.Name}' needs a whole number from 0 to {LagMax}, written out.");
        }

        var column = Keep(field, insertOnly ? (int)places + 1 : int.MaxValue);
        return new StoredResult(TypeOf(field), column, g => Members!.Lag(g, (int)places));
    }

    private GroupResult OfMembers(CallNode call, string name, int field) => Keep(field, int.MaxValue) switch
    {
        StoreColumn<double> c => OfMembers(call, name, field, new MemberValues<double>(Members!, c), c),
        StoreColumn<decimal> c => OfMembers(call, name, field, new MemberValues<decimal>(Members!, c), c),
        StoreColumn<long> c => OfMembers(call, name, field, new MemberValues<long>(Members!, c), c),
        var c => OfMembers(call, name, field, new MemberValues<string>(Members!, (StoreColumn<string>)c), c),
    };

    private GroupResult OfMembers<T>(CallNode call, string name, int field, MemberValues<T> values, StoreColumn column)
    {
        switch (name)
        {
            case "MODE": return new StoredResult(TypeOf(field), column, values.Mode);
            case "COUNTDISTINCT": return new NumberResult<long>(FieldType.Int64, g => values.CountDistinct(g));
            case "MEDIAN":
                Number(call, 0, 1);
                return new NumberResult<double>(FieldType.Double, values.Median);
            case "GINI": return new NumberResult<double>(FieldType.Double, g => Shape.Gini(values.Reals(g)));
            case "SKEW": return new NumberResult<double>(FieldType.Double, g => Shape.Skew(values.Reals(g)));
            case "KURTOSIS": return new NumberResult<double>(FieldType.Double, g => Shape.Kurtosis(values.Reals(g)));
        }

        var separator = call.Arguments switch
        {
            [_] => "",
            [_, LiteralNode { Value: string text }] => text,
            _ => throw new ExpressionException("LS2104", call.Position, $"'{call.Name}' takes a field and the text between values."),
        };
        return new ObjectResult<string>(FieldType.String, g => values.Concat(g, separator));
    }

    private StoreColumn Keep(int field, int keptMax)
    {
        Members ??= new MemberStore(input, canGo: !insertOnly);
        Members.KeptMax = Math.Max(Members.KeptMax, keptMax);
        return Members.Keep(field);
    }

    private static void Expect(CallNode call, int count)
    {
        if (call.Arguments.Length != count)
        {
            throw new ExpressionException("LS2104", call.Position,
                $"'{call.Name}' takes {(count == 0 ? "no" : $"{count}")} arguments, not {call.Arguments.Length}.");
        }
    }

    private int Field(CallNode call, int argument, int count)
    {
        Expect(call, count);
        var name = argument >= call.Arguments.Length ? null : call.Arguments[argument] switch
        {
            NameNode node => node.Name,
            LiteralNode { Value: string text } => text,
            _ => null,
        };
        if (name is null || ExpressionCompiler.FieldIndex(input, name) is not (>= 0 and var index))
        {
            throw new ExpressionException("LS2102", call.Position, name is null
                ? $"'{call.Name}' takes the name of a field of the input as argument {argument + 1}."
                : $"'{name}' is not a field of the input.");
        }

        return index;
    }

    private int Number(CallNode call, int argument, int count)
    {
        var field = Field(call, argument, count);
        return NumberColumn.IsNumber(TypeOf(field)) ? field : throw NoNumber(call, field);
    }

    private int Ordered(CallNode call, int field) =>
        NumberColumn.IsNumber(TypeOf(field)) || NumberColumn.IsTime(TypeOf(field)) || TypeOf(field) == FieldType.String
            ? field
            : throw new ExpressionException("LS2103", call.Position,
                $"'{call.Name}' cannot take '{input.Fields[field].Name}', a {FieldTypeNames.NameOf(TypeOf(field))}.");

    private ExpressionException NoNumber(CallNode call, int field) => new("LS2103", call.Position,
        $"'{call.Name}' takes numbers; '{input.Fields[field].Name}' is a {FieldTypeNames.NameOf(TypeOf(field))}.");
}
