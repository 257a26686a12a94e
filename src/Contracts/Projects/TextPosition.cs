namespace Lockstep.Contracts.Projects;

/// <summary>A place in a text file; line and column count from 1, 0 when unknown.</summary>
public readonly record struct TextPosition(int Line, int Column);
