using System.Linq.Expressions;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>The variables of a window that live from event to event: where in the frame each one is.</summary>
internal sealed class VariableTable
{
    private readonly Dictionary<string, (ExprType Type, int Index)> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ExprType> _arrays = [];
    private readonly Dictionary<string, int> _counts = [];
    private readonly HashSet<string> _spellings = new(StringComparer.Ordinal);

    /// <summary>True when a variable was declared under the name with these very capitals.</summary>
    public bool IsSpelled(string name) => _spellings.Contains(name);

    /// <summary>The type of a variable; null when there is none of the name.</summary>
    public ExprType? TypeOf(string name) => _variables.TryGetValue(name, out var known) ? known.Type : null;

    /// <summary>Declares a variable; again with the same type is the same variable.</summary>
    public void Declare(string name, ExprType type, TextPosition position)
    {
        _spellings.Add(name);
        if (_variables.TryGetValue(name, out var known))
        {
            if (known.Type != type)
            {
                throw new ExpressionException("LS2103", position,
                    $"Variable '{name}' is declared twice: as {known.Type} and as {type}.");
            }

            return;
        }

        _variables[name] = (type, CountOf(type));
        _counts[StoreOf(type)] = CountOf(type) + 1;
        if (ExprTypes.ItemOf(type) is not null)
        {
            _arrays.Add(type);
        }
    }

    /// <summary>Declares an object that no other body sees.</summary>
    public Typed DeclarePrivate(ExprType type, ParameterExpression frame)
    {
        // No name that a text can declare has a blank at its end.
        var name = $"{_variables.Count} ";
        Declare(name, type, default);
        return Access(name, frame)!.Value;
    }

    /// <summary>The variable as code; null when there is none of the name.</summary>
    public Typed? Access(string name, ParameterExpression frame)
    {
        if (!_variables.TryGetValue(name, out var variable))
        {
            return null;
        }

        Expression code = Expression.ArrayAccess(
            Expression.Field(frame, StoreOf(variable.Type)), Expression.Constant(variable.Index));
        return new Typed(
            ExprTypes.ItemOf(variable.Type) is null ? code : Expression.Convert(code, ExprTypes.ClrTypeOf(variable.Type)), variable.Type);
    }

    /// <summary>Makes a frame with all variables null.</summary>
    public Frame CreateFrame() => new(
        CountOf(ExprType.Integer), CountOf(ExprType.Real), CountOf(ExprType.Text), CountOf(ExprType.Boolean), CountOf(ExprType.Regex),
            _arrays);

    private static string StoreOf(ExprType type) => type switch
    {
        ExprType.Integer => nameof(Frame.Integers),
        ExprType.Real or ExprType.Date => nameof(Frame.Reals),
        ExprType.Text => nameof(Frame.Texts),
        ExprType.Boolean => nameof(Frame.Booleans),
        ExprType.Regex => nameof(Frame.Regexes),
        _ => nameof(Frame.Arrays),
    };

    private int CountOf(ExprType type) => _counts.GetValueOrDefault(StoreOf(type));
}
