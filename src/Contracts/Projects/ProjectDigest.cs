using System.Security.Cryptography;
using System.Text;

namespace Lockstep.Contracts.Projects;

/// <summary>
/// The model digest: what members of a group compare before they take part. It covers what decides the results (windows,
/// their order, schemas, expressions, retention, indexes, edges, heartbeat) and not connectors, since hosts and paths are
/// mapped a member; nor descriptions, threads, traces, project properties as such, nor places in the text.
/// </summary>
public static class ProjectDigest
{
    /// <summary>SHA-256 of the canonical form, 64 lower-case hexadecimal digits.</summary>
    public static string Compute(ProjectDefinition project) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ProjectXmlWriter.WriteResultsOnly(project))));

    /// <summary>SHA-256 of what decides the results of one window by itself, as <see cref="Compute"/> does of all.</summary>
    public static string ComputeWindow(WindowDefinition window) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ProjectXmlWriter.WriteResultsOnly(window))));
}
