using System.Collections.Immutable;
using Lockstep.Connectors;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.State.Migration;

namespace Lockstep.Engine.Worker.Options;

/// <summary>The command line, typed. Immutable; made by <see cref="WorkerArguments"/>.</summary>
internal sealed record WorkerOptions
{
    /// <summary>What to do.</summary>
    public required WorkerCommand Command { get; init; }

    /// <summary>Path of the model file.</summary>
    public string Model { get; init; } = "";

    /// <summary>Values for placeholders (@NAME@) of the model; they win over the environment.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>How hosts, paths and server addresses of the model are replaced.</summary>
    public Substitutions Substitutions { get; init; } = Substitutions.None;

    /// <summary>End when every publisher has finished and its events are done.</summary>
    public bool UntilFinished { get; init; }

    /// <summary>run: folder that takes a csv file of each window's events; diagram: the file. Null for none.</summary>
    public string? Out { get; init; }

    /// <summary>Files to publish before the model's own publishers start, in this order.</summary>
    public ImmutableArray<EventFile> Events { get; init; } = [];

    /// <summary>The model's own connectors are not read and not started.</summary>
    public bool NoConnectors { get; init; }

    /// <summary>
    /// With <see cref="UntilFinished"/>: how long timers go on after everything was processed; null for as long as counter windows need.
    /// </summary>
    public TimeSpan? Linger { get; init; }

    /// <summary>Name of the deployed group; empty when run without one.</summary>
    public string Group { get; init; } = "";

    /// <summary>Name of this member; empty for <c>project-pid</c>.</summary>
    public string Member { get; init; } = "";

    /// <summary>Version of the project, shown in status and stamps.</summary>
    public string Version { get; init; } = "";

    /// <summary>Folder for snapshots and the like; empty for one beside the system's temporary files.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>Where the status endpoint listens.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>Base address of the manager; null for none.</summary>
    public Uri? Manager { get; init; }

    /// <summary>Path of the launcher's Unix socket; null for none.</summary>
    public string? SupervisorSocket { get; init; }

    /// <summary>Replication of topics that are created; null for the cluster's default.</summary>
    public short? Replication { get; init; }

    /// <summary>ZooKeeper session time-out that an engine asks for; null for the default.</summary>
    public TimeSpan? SessionTimeout { get; init; }

    /// <summary>How far this member's clock is ahead of the machine's, below zero for behind.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>True: may join a group that runs another version of the model.</summary>
    public bool IsShadow { get; init; }

    /// <summary>Model file of the version whose state a shadow takes over; null: it begins with empty state.</summary>
    public string? Former { get; init; }

    /// <summary>What was decided for windows whose state no rule takes over.</summary>
    public MigrationChoices Choices { get; init; } = MigrationChoices.None;

    /// <summary>What scripts of the model may do.</summary>
    public ScriptGrants Scripts { get; init; } = ScriptGrants.None;

    /// <summary>Folders whose files the model may read: code of scripts, word vectors, ONNX models.</summary>
    public ImmutableArray<string> ModelFiles { get; init; } = [];

    /// <summary>True: only those; false: the current folder, the model's and those that paths are mapped to as well.</summary>
    public bool GrantedFilesOnly { get; init; }

    /// <summary>validate: print JSON instead of lines.</summary>
    public bool Json { get; init; }
}
