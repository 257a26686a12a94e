using Lockstep.Contracts.Events;
using Lockstep.Engine.Expressions;
using Lockstep.Engine.Windows.Compute;

namespace Lockstep.Engine.Windows.Join;

/// <summary>How a join tells what becomes of a joined row.</summary>
internal enum JoinMode
{
    /// <summary>The join keeps its output by key, which gives the old values.</summary>
    Rows,

    /// <summary>Old values are joined again: both sides are kept, or never change.</summary>
    Direct,

    /// <summary>pi_EMPTY: opcodes of the events pass, rows that are joined anew leave as Upsert.</summary>
    Stateless,
}

/// <summary>A field of the output.</summary>
/// <param name="IsRight">The side it is copied from.</param>
/// <param name="Index">Index in that input.</param>
/// <param name="Partner">Index in the other input, which has the value where this side is absent; -1: null then.</param>
/// <param name="Writer">What computes it; null for a copied one.</param>
internal sealed record JoinedField(bool IsRight, int Index, int Partner, FieldWriter? Writer);

/// <summary>What one side's events do.</summary>
/// <param name="Side">The side.</param>
/// <param name="IsPreserved">Its rows leave without a match too.</param>
/// <param name="IsKey">The output's key is that of this side alone.</param>
internal sealed record JoinRole(JoinSide Side, bool IsPreserved, bool IsKey);

/// <summary>A join as it runs.</summary>
/// <param name="Mode">How changes are told.</param>
/// <param name="Left">The left side.</param>
/// <param name="Right">The right side.</param>
/// <param name="Sides">By input: true for the right side.</param>
/// <param name="Fields">The fields of the output.</param>
/// <param name="Visible">Schema that expressions see: fields of the left input, then of the right.</param>
/// <param name="UsedFields">The fields of it that they use.</param>
/// <param name="Frame">What expressions run on.</param>
internal sealed record JoinModel(
    JoinMode Mode, JoinRole Left, JoinRole Right, bool[] Sides, JoinedField[] Fields, Schema Visible, int[] UsedFields, Frame Frame);
