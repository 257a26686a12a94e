using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Expressions;

/// <summary>An expression cannot be compiled; caught where the window is built and turned into a problem.</summary>
internal sealed class ExpressionException(string code, TextPosition position, string message) : Exception(message)
{
    /// <summary>LS21xx or LS22xx.</summary>
    public string Code { get; } = code;

    /// <summary>Where in the model.</summary>
    public TextPosition Position { get; } = position;
}
