using Lockstep.Contracts.Events;

namespace Lockstep.Contracts.Projects.Algorithms;

/// <summary>What the field of a role holds.</summary>
public enum AlgorithmRoleType
{
    /// <summary>A number: double, int32, int64 or money.</summary>
    Number,

    /// <summary>A whole number or a time: int64, int32, date or stamp.</summary>
    Whole,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A number or text.</summary>
    Label,

    /// <summary>Bytes or text of any model.</summary>
    Any,

    /// <summary>Numbers, texts or arrays of numbers.</summary>
    Tensor,
}

/// <summary>A role in an input-map or output-map: a name that the map gives one field, or several.</summary>
/// <param name="Name">Its name as models write it.</param>
/// <param name="Type">What the field holds.</param>
/// <param name="Meaning">What it is.</param>
public sealed record AlgorithmRole(string Name, AlgorithmRoleType Type, string Meaning)
{
    /// <summary>
    /// True: it takes several fields, <c>a,b</c>; an array <c>a</c> takes all, <c>a[1-5]</c> items 1 to 5. False: one field.
    /// </summary>
    public bool IsList { get; init; }

    /// <summary>True: an input that must be in the map.</summary>
    public bool IsRequired { get; init; }

    /// <summary>An output that repeats an input: the input's role, whose field type it must have. Null for others.</summary>
    public string? Repeats { get; init; }

    /// <summary>True: an output that may be a key field.</summary>
    public bool MayBeKey { get; init; }

    /// <summary>True when a field of that type can have the role.</summary>
    public bool Accepts(FieldType type) => Type switch
    {
        _ when Repeats is not null => true,
        AlgorithmRoleType.Number => type is FieldType.Double or FieldType.Int32 or FieldType.Int64 or FieldType.Money
            || (IsList && type == FieldType.ArrayDouble),
        AlgorithmRoleType.Whole => type is FieldType.Int64 or FieldType.Int32 or FieldType.Date or FieldType.Stamp,
        AlgorithmRoleType.Text => type == FieldType.String,
        AlgorithmRoleType.Label => type is FieldType.String or FieldType.Double or FieldType.Int32 or FieldType.Int64,
        AlgorithmRoleType.Tensor => type is not (FieldType.Blob or FieldType.Date or FieldType.Stamp),
        _ => true,
    };

    /// <summary>The types it takes, for messages.</summary>
    public string TypeNames => Type switch
    {
        AlgorithmRoleType.Number => IsList ? "a number or array(dbl)" : "a number",
        AlgorithmRoleType.Whole => "an int64, int32, date or stamp",
        AlgorithmRoleType.Text => "a string",
        AlgorithmRoleType.Label => "a string or a number",
        AlgorithmRoleType.Tensor => "a number, a string or an array",
        _ => "a field",
    };
}
