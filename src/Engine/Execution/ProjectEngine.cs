using System.Collections.Immutable;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Models;
using Lockstep.Engine.State;
using Lockstep.Engine.State.Migration;
using Lockstep.Engine.Windows;

namespace Lockstep.Engine.Execution;

/// <summary>
/// A running project: pure and deterministic. The same project fed the same steps, blocks and ticks gives the same
/// output and the same <see cref="Digest"/> on any machine. A step is <see cref="Begin"/>, any number of
/// <see cref="Publish"/>, and one <see cref="Tick"/>, which is cheap when nothing is due. Single threaded: one owner
/// calls.
/// After an exception other than those documented the engine's state is undefined: end the process.
/// </summary>
public sealed class ProjectEngine
{
    private readonly ProjectDefinition _project;
    private readonly IModelRuntime? _models;
    private readonly LoadedFiles _files;
    private readonly StepScope _step = new();
    private ProjectPlan _plan;

    private ProjectEngine(ProjectDefinition project, IModelRuntime? models, LoadedFiles files, ProjectPlan plan)
    {
        _project = project;
        _models = models;
        _files = files;
        _plan = plan;
        _step.Plan = plan;
    }

    /// <summary>
    /// Version of all state: of what <see cref="WriteSnapshot"/> writes and of what it means. An engine reads snapshots of its
    /// own version only.
    /// </summary>
    public static int StateVersion => EngineSnapshot.Version;

    /// <summary>Bad events dropped since the project began; part of snapshots, not of the digest.</summary>
    public long BadEvents => _step.BadEvents;

    /// <summary>
    /// Stream time in microseconds at which <see cref="Tick"/> next has something to do; null for nothing. It may lie in the past
    /// of the current step until that step's tick.
    /// </summary>
    public long? NextExpiry => _plan.NextExpiry(_step);

    /// <summary>Builds an engine without state.</summary>
    /// <param name="project">The project.</param>
    /// <param name="models">Runs models of files; null: a project with one is refused.</param>
    /// <returns>The engine, or every error with its place in the model; warnings may come with either.</returns>
    public static EngineBuildResult Build(ProjectDefinition project, IModelRuntime? models = null)
    {
        var problems = new ProblemList(project.Name);
        ScriptCheck.Check(project, problems);
        var files = new LoadedFiles(project, models);
        var plan = PlanBuilder.Build(project, files, problems);
        if (problems.HasErrors)
        {
            plan.Release();
            return new EngineBuildResult(null, problems.ToImmutable());
        }

        return new EngineBuildResult(new ProjectEngine(project, models, files, plan), problems.ToImmutable());
    }

    /// <summary>Another engine of the same project, without state.</summary>
    /// <exception cref="InvalidOperationException">It can't be built any more: a file of the model has changed.</exception>
    public ProjectEngine NewEngine()
    {
        var built = Build(_project, _models);
        return built.Engine ?? throw new InvalidOperationException(
            $"Project '{_project.Name}' was built before and can't be now: {built.Problems.First(p => p.Severity == ProblemSeverity.Error)}");
    }

    /// <summary>Finds a window by its names.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message names those that exist.</exception>
    public WindowId Find(string contQuery, string window) => _plan.Find(contQuery, window);

    /// <summary>Schema of what a window puts out, and for a source of what it takes.</summary>
    /// <exception cref="KeyNotFoundException">The id is not of this project.</exception>
    public Schema SchemaOf(WindowId window) => _plan.WindowOf(window).Schema;

    /// <summary><c>contquery/window</c>; of a snippet its kind and name.</summary>
    /// <exception cref="KeyNotFoundException">The id is not of this project.</exception>
    public string NameOf(WindowId window) => window.IsSnippet ? _plan.Scripts.Snippets[window.Window].Name : _plan.WindowOf(window).Name;

    /// <summary>What makes the messages of a notification window. It is one, whoever asks, and is none of the engine's state.</summary>
    /// <exception cref="ArgumentException">The window is of another kind.</exception>
    public NotificationReader NotificationOf(WindowId window) =>
        !window.IsSnippet && _project.ContinuousQueries[window.Query].Windows[window.Window] is NotificationWindowDefinition definition
            && _files.NotificationOf(definition) is { } reader
            ? reader
            : throw new ArgumentException($"{NameOf(window)} is no notification window.", nameof(window));

    /// <summary>All windows, by query and then in the order of the model.</summary>
    public ImmutableArray<WindowId> Windows => _plan.Ids;

    /// <summary>Begins a step: everything until the next one happens at its time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Stream time goes back.</exception>
    public void Begin(StepTime time) => _step.Begin(time);

    /// <summary>
    /// Publishes a block into a source window and evaluates the whole graph for it before it returns.
    /// </summary>
    /// <param name="source">A source window.</param>
    /// <param name="block">Events with the window's field types, a value in every column, made keys too (it is
    /// ignored).</param>
    /// <param name="output">Takes what the windows produce, in evaluation order.</param>
    /// <exception cref="ArgumentException">The window is not a source, or the block's schema is another.</exception>
    /// <exception cref="KeyNotFoundException">The id is not of this project.</exception>
    public void Publish(WindowId source, EventBlock block, IWindowOutput output)
    {
        _step.Attach(output);
        _plan.Publish(source, block, output, _step);
    }

    /// <summary>True: for blocks of plain inserts <see cref="MapsRows"/> is true; false: it never is.</summary>
    /// <exception cref="KeyNotFoundException">The id is not of this project.</exception>
    public bool MapsInserts(WindowId source) => _plan.MapsInserts(source);

    /// <summary>
    /// True: publishing the block makes every window behind the source give one event for each of its rows, in their order, and
    /// publishing it in parts gives the same events and the same state. So blocks that came one by one may be joined.
    /// </summary>
    /// <param name="source">A source window.</param>
    /// <param name="block">As for <see cref="Publish"/>.</param>
    /// <exception cref="KeyNotFoundException">The id is not of this project.</exception>
    public bool MapsRows(WindowId source, EventBlock block) => _plan.MapsRows(source, block);

    /// <summary>Does the work that is due by the step's stream time: retention by time.</summary>
    public void Tick(IWindowOutput output)
    {
        _step.Attach(output);
        _plan.Tick(output, _step);
    }

    /// <summary>
    /// Ends the project: functions destroy of snippets are called. Not for a member of a group, whose project goes on.
    /// </summary>
    public void End(IWindowOutput output)
    {
        _step.Attach(output);
        _plan.End(output, _step);
    }

    /// <summary>
    /// Hash of the state of all windows: equal for the same project and history, on any machine. Costs per window, and per
    /// group and member of aggregates that changed since it was last asked, not per row.
    /// </summary>
    public ulong Digest() => StateHash.Combine((ulong)(_step.StartedAt ?? -1), _plan.Digest());

    /// <summary>
    /// Writes all state, sealed with a checksum; see <see cref="RestoreSnapshot"/>. Leaves the stream open.
    /// </summary>
    /// <exception cref="IOException">The stream fails.</exception>
    public void WriteSnapshot(Stream stream) => EngineSnapshot.Write(stream, _plan, _step);

    /// <summary>What taking over the state of a former version of the project would do, window by window; does nothing.</summary>
    /// <param name="former">An engine of that version, with or without state.</param>
    /// <param name="choices">What was decided for windows that a rule does not settle.</param>
    public MigrationPlan PlanMigration(ProjectEngine former, MigrationChoices choices) =>
        MigrationRules.Plan(former._project, former._plan, _project, _plan, choices);

    /// <summary>
    /// Takes over the state of a former version of the project, as <see cref="PlanMigration"/> says. The same state and the
    /// same choices give the same digest on any machine. The former engine keeps its state.
    /// </summary>
    /// <exception cref="InvalidOperationException">The plan says that it is not possible.</exception>
    public MigrationPlan Migrate(ProjectEngine former, MigrationChoices choices)
    {
        var plan = PlanMigration(former, choices);
        if (!plan.IsPossible)
        {
            throw new InvalidOperationException(plan.Problem);
        }

        var fresh = PlanBuilder.Build(_project, _files, new ProblemList(_project.Name));
        StateMigration.Move(former._plan, fresh, plan);
        Replace(fresh);
        _step.Restore(former._step.Time, former._step.StartedAt, former._step.BadEvents);
        return plan;
    }

    /// <summary>
    /// Replaces all state by that of a snapshot: the same digest and the same further outputs follow. On an exception the engine
    /// keeps the state it had. May read ahead within the stream.
    /// </summary>
    /// <exception cref="SnapshotFormatException">It is damaged, of another version, or of a model with other
    /// windows.</exception>
    /// <exception cref="IOException">The stream fails.</exception>
    public void RestoreSnapshot(Stream stream)
    {
        // State is read into windows built anew, so that a snapshot that turns out bad at its end changes nothing.
        var plan = PlanBuilder.Build(_project, _files, new ProblemList(_project.Name));
        EngineSnapshot.Read(stream, plan, _step);
        Replace(plan);
    }

    /// <summary>Ends the processes of its scripts. The engine is not used again.</summary>
    public void Release() => _plan.Release();

    private void Replace(ProjectPlan plan)
    {
        _plan.Release();
        _plan = plan;
        _step.Plan = plan;
    }
}
