using Lockstep.Contracts.Projects;
using Lockstep.Engine.Functions;

namespace Lockstep.Engine.Windows.Functional;

/// <summary>Where an output field comes from: a named result, an input field, or (-1 and null) nowhere.</summary>
/// <param name="Slot">Slot of the function of the field's name; -1 for none.</param>
/// <param name="Source">Index of the input field of the field's name, by input; -1 for none.</param>
internal readonly record struct FunctionalField(int Slot, int[] Source);

/// <summary>A function and the slot of its result.</summary>
internal readonly record struct NamedFunction(int Slot, FunctionNode Node);

/// <summary>Properties of one context: a part of the window's.</summary>
/// <param name="From">The first.</param>
/// <param name="To">One behind the last.</param>
internal readonly record struct PropertyRange(int From, int To);

/// <summary>A result that is set at each event's start: to a field of the input, or to null.</summary>
internal readonly record struct SeededSlot(int Slot, int[]? Source);

/// <summary>An event loop.</summary>
/// <param name="Definition">What the model says.</param>
/// <param name="Use">Gives the document or text.</param>
/// <param name="Parts">Finds the parts in it.</param>
/// <param name="DataSlot">Where the part's text goes; -1 for nowhere.</param>
/// <param name="Context">The property that is the part itself: <c>#_context</c>.</param>
/// <param name="Properties">Properties that are made anew for each part.</param>
/// <param name="Functions">Functions in document order.</param>
/// <param name="Fields">For each output field the slot that gives it; -1 for the outer event's value.</param>
internal sealed record FunctionalLoop(
    EventLoopDefinition Definition, FunctionNode Use, LoopParts Parts, int DataSlot, int Context, PropertyRange Properties,
    NamedFunction[] Functions, int[] Fields);

/// <summary>What a functional window's model comes to.</summary>
/// <param name="Functions">The functions in document order.</param>
/// <param name="Properties">Properties that are made anew for each event.</param>
/// <param name="Opcode">Gives the opcode; null for the input's.</param>
/// <param name="Generate">False makes no event; null for always.</param>
/// <param name="Fields">Origins of the output fields.</param>
/// <param name="InputNames">Names of the windows in front of it.</param>
/// <param name="Loops">Event loops in document order.</param>
/// <param name="Seeds">Results that are set at each event's start.</param>
internal sealed record FunctionalModel(
    NamedFunction[] Functions, PropertyRange Properties, FunctionNode? Opcode, FunctionNode? Generate, FunctionalField[] Fields,
    string[] InputNames, FunctionalLoop[] Loops, SeededSlot[] Seeds);
