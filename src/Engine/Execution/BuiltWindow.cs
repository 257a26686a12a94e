using System.Collections.Immutable;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Execution;

/// <summary>A window just built, with what windows behind it may rely on.</summary>
/// <param name="Window">The window.</param>
/// <param name="Traits">What can leave it.</param>
/// <param name="Shaper">What becomes of its output; null: it leaves as it is.</param>
/// <param name="Splitter">Its splitter; null for none.</param>
/// <param name="InputOrder">The order in which its inputs are taken in one evaluation; default: that of the edges.</param>
internal sealed record BuiltWindow(
    Window Window, WindowTraits Traits, OutputShaper? Shaper = null, SlotSplitter? Splitter = null, ImmutableArray<int> InputOrder = default);
