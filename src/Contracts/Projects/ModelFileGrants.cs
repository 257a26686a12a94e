using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>
/// Where the files of a model may lie: code of scripts, word vectors, ONNX models. Part of its deployment, not of the model;
/// what connectors read and write is not meant.
/// </summary>
public sealed record ModelFileGrants
{
    /// <summary>No folder is granted.</summary>
    public static ModelFileGrants None { get; } = new();

    /// <summary>
    /// The granted folders, full paths: what lies in them and below may be read. A relative path is looked up in one after the other.
    /// </summary>
    public ImmutableArray<string> Folders { get; init; } = [];

    /// <summary>How paths of the model become those of this machine, before they are looked up.</summary>
    public PathMap Paths { get; init; } = PathMap.None;
}
