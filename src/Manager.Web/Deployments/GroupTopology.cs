using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>A window's end on the bus.</summary>
/// <param name="ContQuery">Its continuous query.</param>
/// <param name="Window">Its name.</param>
/// <param name="Schema">Schema of its events.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Prefix">The topic prefix (property urlhostport).</param>
internal sealed record TopicEnd(string ContQuery, string Window, Schema Schema, string Topic, string Prefix)
{
    /// <summary>Of the windows that an inbound topic feeds, the one that keeps rows longest by time; null: none does.</summary>
    public WindowRetention? Retention { get; init; }
}

/// <summary>What a model says about the bus, tokens replaced: from its kafka connectors.</summary>
/// <param name="Project">Name in the model, which topics carry.</param>
/// <param name="Inputs">Windows that read a topic, in document order.</param>
/// <param name="Outputs">Windows that write one, in document order.</param>
internal sealed record GroupTopology(string Project, ImmutableArray<TopicEnd> Inputs, ImmutableArray<TopicEnd> Outputs)
{
    /// <summary>The placeholder that keeps the topics of groups of one model apart.</summary>
    public const string PrefixSetting = "PREFIX";

    /// <summary>The journal's topic; null without topics.</summary>
    public string? Journal => Outputs.Concat(Inputs).FirstOrDefault() is { } end ? TopicName.Journal(end.Prefix, Project) : null;

    /// <summary>Inbound topics, outbound topics, journal.</summary>
    public ImmutableArray<string> Topics =>
        [.. Inputs.Select(e => e.Topic), .. Outputs.Select(e => e.Topic), .. Journal is { } journal ? [journal] : Array.Empty<string>()];

    /// <summary>The settings of a group: what was asked for, and a topic prefix of its own unless one was given.</summary>
    public static ImmutableSortedDictionary<string, string> SettingsOf(
        string group, ImmutableSortedDictionary<string, string> asked) =>
        asked.ContainsKey(PrefixSetting) ? asked : asked.Add(PrefixSetting, $"{group}_31415");

    /// <summary>Reads a published model for a group.</summary>
    /// <returns>Null topology when the text is no model; and all problems.</returns>
    public static (GroupTopology? Topology, ImmutableArray<Problem> Problems) Read(
        string xml, IReadOnlyDictionary<string, string> settings)
    {
        var read = ProjectXmlReader.Read(xml, new ProjectReadOptions { Tokens = settings, TokensRequired = true });
        return read.Project is { } project ? (Of(project), read.Problems) : (null, read.Problems);
    }

    /// <summary>Of a project.</summary>
    public static GroupTopology Of(ProjectDefinition project)
    {
        var inputs = ImmutableArray.CreateBuilder<TopicEnd>();
        var outputs = ImmutableArray.CreateBuilder<TopicEnd>();
        foreach (var query in project.ContinuousQueries)
        {
            foreach (var window in query.Windows)
            {
                foreach (var connector in window.Connectors.Where(c => c.IsActive && c.Class == "kafka"))
                {
                    var isInput = connector.Direction == ConnectorDirection.Publish;
                    var prefix = connector.Properties.GetValueOrDefault("urlhostport", "");
                    var topic = connector.Properties.GetValueOrDefault("kafkatopic")
                        ?? (isInput
                            ? TopicName.Inbound(prefix, project.Name, query.Name, window.Name)
                            : TopicName.Outbound(prefix, project.Name, query.Name, window.Name));
                    if (window.Schema is { } schema)
                    {
                        (isInput ? inputs : outputs).Add(new TopicEnd(query.Name, window.Name, schema, topic, prefix)
                        {
                            Retention = isInput ? WindowRetention.Behind(query, window.Name) : null,
                        });
                    }
                }
            }
        }

        return new GroupTopology(project.Name, inputs.ToImmutable(), outputs.ToImmutable());
    }
}
