namespace Lockstep.Contracts.Failover;

/// <summary>Names of the topics of a project (docs/formats/topics.md). The prefix is the model's <c>urlhostport</c>.</summary>
public static class TopicName
{
    /// <summary><c>prefix.project.contquery.window.I</c>: events into a window.</summary>
    public static string Inbound(string prefix, string project, string contQuery, string window) =>
        $"{prefix}.{project}.{contQuery}.{window}.I";

    /// <summary><c>prefix.project.contquery.window.O</c>: events out of a window.</summary>
    public static string Outbound(string prefix, string project, string contQuery, string window) =>
        $"{prefix}.{project}.{contQuery}.{window}.O";

    /// <summary><c>prefix.project.J</c>: one record a commit.</summary>
    public static string Journal(string prefix, string project) => $"{prefix}.{project}.J";

    /// <summary><c>prefix.M</c>: schemas and model digest, compacted, keyed by window.</summary>
    public static string Metadata(string prefix) => $"{prefix}.M";
}
