namespace Lockstep.Contracts.Projects;

/// <summary>The operators of a pattern's logic.</summary>
public enum PatternOperator
{
    /// <summary>No operator: one event of the pattern, by its name.</summary>
    Event,

    /// <summary>fby: its operands one after the other, each perhaps within a time of the one before.</summary>
    FollowedBy,

    /// <summary>and: all of its operands, in any order.</summary>
    And,

    /// <summary>or: one of its operands.</summary>
    Or,

    /// <summary>not: the next event does not satisfy the operand; within and: it does not happen while the rest is waited for.</summary>
    Not,

    /// <summary>notoccur: the operand does not happen until the rest is complete or the time is over.</summary>
    NotOccur,

    /// <summary>is: the next event, or each of the next n, satisfies the operand.</summary>
    Is,
}
