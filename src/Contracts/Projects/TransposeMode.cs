namespace Lockstep.Contracts.Projects;

/// <summary>Which way a transpose window turns its input.</summary>
public enum TransposeMode
{
    /// <summary>Events with a tag each become rows with columns for all tags.</summary>
    Wide,

    /// <summary>Rows with columns for all tags become one event a tag.</summary>
    Long,
}
