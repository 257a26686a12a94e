using System.Collections.Immutable;
using System.Globalization;

namespace Lockstep.Contracts.Projects;

/// <summary>
/// Parses a pattern's logic: <c>name</c>, or <c>operator[:n][{time}](operand, ...)</c>. Words of operators in any case. One use.
/// </summary>
internal sealed class PatternLogicParser(ExpressionText text, Action<TextPosition, string> report)
{
    private const string Punctuation = "(){},:";
    private readonly string _text = text.Text;
    private int _at;
    private int _nodes;
    private bool _isReported;

    public PatternLogic? Parse()
    {
        var logic = Operand(0);
        Skip();
        if (logic is not null && _at < _text.Length)
        {
            return Fail(_at, $"Expected the end of the logic, found '{_text[_at]}'.");
        }

        return logic;
    }

    private PatternLogic? Operand(int depth)
    {
        Skip();
        var start = _at;
        var word = Word();
        if (word.Length == 0)
        {
            return Fail(_at, _at < _text.Length ? $"Expected an event or an operator, found '{_text[_at]}'." : "The logic ends too early.");
        }

        if (++_nodes > PatternLogic.NodesMax || depth > PatternLogic.DepthMax)
        {
            return Fail(start, $"The logic has more than {PatternLogic.NodesMax} parts or is nested deeper than {PatternLogic.DepthMax}.");
        }

        Skip();
        if (_at >= _text.Length || _text[_at] is not ('(' or '{' or ':'))
        {
            return new PatternLogic(PatternOperator.Event, [], word, 1, null, PlaceOf(start));
        }

        if (OperatorOf(word) is not { } kind)
        {
            return Fail(start, $"'{word}' is no operator; there are fby, and, or, not, notoccur, is.");
        }

        return Times(kind) is { } times && Limit(kind, out var limit) && Operands(depth) is { } operands && Fits(kind, operands, start)
            ? new PatternLogic(kind, operands, "", times, limit, PlaceOf(start))
            : null;
    }

    private static PatternOperator? OperatorOf(string word) => word.ToUpperInvariant() switch
    {
        "FBY" => PatternOperator.FollowedBy,
        "AND" => PatternOperator.And,
        "OR" => PatternOperator.Or,
        "NOT" => PatternOperator.Not,
        "NOTOCCUR" => PatternOperator.NotOccur,
        "IS" => PatternOperator.Is,
        _ => null,
    };

    private int? Times(PatternOperator kind)
    {
        if (!Take(':'))
        {
            return 1;
        }

        Skip();
        var start = _at;
        if (kind == PatternOperator.Is && int.TryParse(Word(), NumberStyles.None, CultureInfo.InvariantCulture, out var times)
            && times is >= 1 and <= PatternLogic.TimesMax)
        {
            return times;
        }

        Fail(start, $"Only is takes a number, as in is:3(e), from 1 to {PatternLogic.TimesMax}.");
        return null;
    }

    private bool Limit(PatternOperator kind, out TimeSpan? limit)
    {
        limit = null;
        if (!Take('{'))
        {
            return true;
        }

        var start = _at;
        var end = _text.IndexOf('}', _at);
        if (kind == PatternOperator.FollowedBy && end >= 0 && DurationText.TryParse(_text[_at..end], out var time) && time > TimeSpan.Zero)
        {
            limit = time;
            _at = end + 1;
            return true;
        }

        Fail(start, "Only fby takes a time, a duration above 0, as in fby{10 seconds}(a, b).");
        return false;
    }

    private ImmutableArray<PatternLogic>? Operands(int depth)
    {
        var operands = ImmutableArray.CreateBuilder<PatternLogic>();
        if (!Take('('))
        {
            Fail(_at, "Expected '(' after the operator.");
            return null;
        }

        do
        {
            if (Operand(depth + 1) is not { } operand)
            {
                return null;
            }

            operands.Add(operand);
        }
        while (Take(','));

        if (!Take(')'))
        {
            Fail(_at, "Expected ',' or ')'.");
            return null;
        }

        return operands.ToImmutable();
    }

    private bool Fits(PatternOperator kind, ImmutableArray<PatternLogic> operands, int start)
    {
        if (kind is PatternOperator.Not or PatternOperator.NotOccur or PatternOperator.Is && operands.Length != 1)
        {
            Fail(start, "not, notoccur and is take one operand.");
            return false;
        }

        return true;
    }

    private string Word()
    {
        var start = _at;
        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && !Punctuation.Contains(_text[_at], StringComparison.Ordinal))
        {
            _at++;
        }

        return _text[start.._at];
    }

    private void Skip()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private bool Take(char mark)
    {
        Skip();
        if (_at >= _text.Length || _text[_at] != mark)
        {
            return false;
        }

        _at++;
        return true;
    }

    private PatternLogic? Fail(int at, string message)
    {
        if (!_isReported)
        {
            _isReported = true;
            report(PlaceOf(at), message);
        }

        return null;
    }

    private TextPosition PlaceOf(int at)
    {
        var before = _text.AsSpan(0, at);
        var line = before.LastIndexOf('\n');
        return line < 0
            ? new TextPosition(text.Position.Line, text.Position.Column + at)
            : new TextPosition(text.Position.Line + before.Count('\n'), at - line);
    }
}
