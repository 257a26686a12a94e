using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows.Compute;

namespace Lockstep.Engine.Windows.Aggregate;

/// <summary>What an aggregate window's model comes to.</summary>
/// <param name="Groups">The groups, empty.</param>
/// <param name="Functions">The functions of its expressions.</param>
/// <param name="Results">Schema that expressions see: the output's key fields, then a field a function.</param>
/// <param name="Writers">By output field: its expression; null for a key.</param>
/// <param name="Frame">Variables of the expressions.</param>
internal sealed record AggregateModel(
    GroupTable Groups, AggregateFunctions Functions, Schema Results, FieldWriter?[] Writers, Frame Frame);
