using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Windows;

/// <summary>Decides whether a window that computes its events keeps rows, and what leaves it then.</summary>
internal static class RowPolicy
{
    /// <summary>
    /// True when the output can depend on rows: the model asks for an index, and inserts may repeat a key, updates may come
    /// unresolved, or old values cannot be computed again.
    /// </summary>
    /// <param name="index">The index the model asks for.</param>
    /// <param name="input">What comes in.</param>
    /// <param name="keepsKeys">The output's key holds the input's key unchanged.</param>
    /// <param name="isPure">An event's values depend on the event alone.</param>
    public static bool Keeps(IndexKind index, WindowTraits input, bool keepsKeys, bool isPure)
    {
        var isUnique = input.UniqueKeys && keepsKeys;
        return index != IndexKind.Empty && !(isUnique && (input.InsertOnly || (isPure && input.Resolved)));
    }

    /// <summary>What leaves a window that passes each event's opcode on.</summary>
    public static WindowTraits Traits(bool keepsRows, WindowTraits input, bool keepsKeys) => keepsRows
        ? WindowTraits.OfStore with { InsertOnly = input.InsertOnly }
        : input with { UniqueKeys = input.UniqueKeys && keepsKeys };

    /// <summary>True when every key field of the input is a key field of the output under its name.</summary>
    public static bool KeepsKeys(Schema output, ImmutableArray<Schema> inputs) => inputs.All(input => input.KeyIndexes
        .Select(k => input.Fields[k])
        .All(f => output.IndexOf(f.Name) is >= 0 and var index && output.Fields[index] == f));
}
