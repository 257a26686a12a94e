using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Execution;

/// <summary>A window just built, with what windows behind it may rely on.</summary>
internal sealed record BuiltWindow(
    Window Window, WindowTraits Traits, OutputShaper? Shaper = null, SlotSplitter? Splitter = null);
