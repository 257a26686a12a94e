using Lockstep.Engine.Execution;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Someone who wants what a window puts out, besides the outbound topics: once for every step that this member applied, on
/// every member of the group. An active's steps come when they are committed, never before.
/// </summary>
/// <param name="Window">The window.</param>
/// <param name="Output">Called on the engine's thread; must not wait. Blocks are valid during the call only.</param>
public sealed record WindowTap(WindowId Window, IWindowOutput Output);
