using System.Linq.Expressions;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>The variables of a window that live from event to event: where in the frame each one is.</summary>
internal sealed class VariableTable
{
    private readonly Dictionary<string, (ExprType Type, int Index)> _variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly int[] _counts = new int[(int)ExprType.Null + 1];

    /// <summary>Declares a variable; again with the same type is the same variable.</summary>
    public void Declare(string name, ExprType type, TextPosition position)
    {
        if (_variables.TryGetValue(name, out var known))
        {
            if (known.Type != type)
            {
                throw new ExpressionException("LS2103", position,
                    $"Variable '{name}' is declared twice: as {known.Type} and as {type}.");
            }

            return;
        }

        _variables[name] = (type, _counts[(int)type]++);
    }

    /// <summary>The variable as code; null when there is none of the name.</summary>
    public Typed? Access(string name, ParameterExpression frame)
    {
        if (!_variables.TryGetValue(name, out var variable))
        {
            return null;
        }

        var array = variable.Type switch
        {
            ExprType.Integer => nameof(Frame.Integers),
            ExprType.Real => nameof(Frame.Reals),
            ExprType.Text => nameof(Frame.Texts),
            ExprType.Boolean => nameof(Frame.Booleans),
            _ => nameof(Frame.Regexes),
        };
        return new Typed(
            Expression.ArrayAccess(Expression.Field(frame, array), Expression.Constant(variable.Index)), variable.Type);
    }

    /// <summary>Makes a frame with all variables null.</summary>
    public Frame CreateFrame() => new(
        _counts[(int)ExprType.Integer], _counts[(int)ExprType.Real], _counts[(int)ExprType.Text],
        _counts[(int)ExprType.Boolean], _counts[(int)ExprType.Regex]);
}
