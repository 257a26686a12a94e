namespace Lockstep.Engine.Execution;

/// <summary>An edge of a plan.</summary>
/// <param name="Source">Where the window it comes from stands in evaluation order.</param>
/// <param name="Slot">The splitter slot it takes; null for all events.</param>
/// <param name="Input">Its place among the edges into its window, in document order.</param>
internal readonly record struct PlannedEdge(int Source, int? Slot, int Input);
