using Lockstep.Engine.Expressions;

namespace Lockstep.Engine.Tests.Expressions;

/// <summary>Makes expressions of the general language from a seed: values of all kinds, and bodies with statements.</summary>
internal sealed class RandomExpressions(int seed, IReadOnlyList<string> fields)
{
    // Its type is that of the expression's text, which a reader at run time can't tell of a null; parse sets variables.
    private static readonly string[] LeftOut = ["typeof", "parameter", "parametercount", "parse", "aparse"];
    private static readonly string[] Operators = ["+", "-", "*", "/", "%", "&", "==", "!=", "<", "<=", ">", ">=", "and", "or", "<>", "="];
    private static readonly string[] Types = ["integer", "real", "string", "boolean", "date"];

    private static readonly ExpressionFunction[] Functions =
        [.. ExpressionFunctions.Groups.SelectMany(g => g.Functions).Where(f => !LeftOut.Contains(f.Name))];

    private readonly Random _random = new(seed);
    private readonly List<string> _variables = [];
    private int _loops;

    /// <summary>A bare value or a body of statements.</summary>
    public string Next()
    {
        _variables.Clear();
        _loops = 0;
        return _random.Next(3) > 0 ? Value(4) : Body();
    }

    private string Body()
    {
        var statements = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Declaration()).ToList();
        statements.AddRange(Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Statement(2)));
        statements.Add(_random.Next(4) == 0 ? Value(2) : $"return {Value(3)}");
        return string.Join(_random.Next(2) == 0 ? "; " : "\n", statements);
    }

    private string Declaration()
    {
        var name = $"v{_variables.Count}";
        var text = $"{(_random.Next(2) == 0 ? "private " : "")}{Pick(Types)} {name}{(_random.Next(3) == 0 ? "" : $" = {Value(1)}")}";
        _variables.Add(name);
        return text;
    }

    private string Statement(int depth) => _random.Next(depth == 0 ? 2 : 6) switch
    {
        0 or 1 => $"{Pick(_variables)} = {Value(2)}",
        2 => $"if ({Value(2)}) {Maybe("then ")}{Statement(depth - 1)}{Maybe($" else {Statement(depth - 1)}")}",
        3 => $"begin {Statement(depth - 1)}; {Statement(depth - 1)} end",
        4 => $"for i{++_loops} = {_random.Next(-3, 3)} to {_random.Next(-3, 6)} {Maybe("step 2")} begin {Statement(depth - 1)} end",
        _ => $"if isnull({Pick(_variables)}) return {Value(1)}",
    };

    private string Value(int depth)
    {
        if (depth == 0 || _random.Next(6) == 0)
        {
            return Leaf();
        }

        return _random.Next(10) switch
        {
            0 => $"-({Value(depth - 1)})",
            1 => $"not ({Value(depth - 1)})",
            < 6 => $"({Value(depth - 1)} {Pick(Operators)} {Value(depth - 1)})",
            _ => Call(depth),
        };
    }

    private string Call(int depth)
    {
        var function = Pick(Functions);
        var names = function.Parameters.Length == 0 ? 0 : function.Parameters.Count(c => c == ',') + 1;
        var optional = function.Parameters.Count(c => c == '[');
        var count = function.Parameters.Contains("...", StringComparison.Ordinal) ? names + _random.Next(2)
            : names - _random.Next(optional + 1);
        return $"{function.Name}({string.Join(", ", Enumerable.Range(0, count).Select(_ => Value(depth - 1)))})";
    }

    private string Leaf() => _random.Next(12) switch
    {
        < 5 => Pick(fields),
        5 when _variables.Count > 0 => Pick(_variables),
        5 or 6 => $"{_random.Next(-5, 20)}",
        7 => $"{_random.Next(1000)}.{_random.Next(100)}",
        8 => Pick(["''", "'a'", "' 12 '", "'3.5e1'", "'true'", "\"it''s\"", "'2024-02-29'", "'YYYY-MM'", "'*a?'", "'ö\U0001F600'"]),
        9 => Pick(["true", "false", "null", "9223372036854775807", "1e308", "#2024-10-17#", "#2000-01-01 12:30:00#"]),
        10 => _random.Next(40) == 0 ? Pick(["nosuch", "nosuch(1)", "left('a')", "upper('a', 'b', 'c')"]) : "ESP_OPCODE",
        _ => Pick(fields),
    };

    private string Maybe(string text) => _random.Next(2) == 0 ? text : "";

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
