namespace Lockstep.Engine.Execution;

/// <summary>Names a window of a running project without text.</summary>
/// <param name="Query">Index of the continuous query in the model, from 0.</param>
/// <param name="Window">Index of the window in its query in the model, from 0.</param>
public readonly record struct WindowId(int Query, int Window);
