using System.Diagnostics;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Kafka;
using Lockstep.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>
/// A failover group of real worker processes on real servers, under steady load, for one row of docs/failover.md:
/// <code>
/// await using var group = await FaultGroup.StartAsync(servers, mode, new FaultGroupOptions { ... });  // one active, the rest standby
/// group.Fault();                        // the silence from here on, until the next Fault, is one measurement
/// await (await group.ActiveAsync()).KillAsync();
/// await group.ReadyAsync();             // an active and its standbys again, everybody at the journal's end
/// await group.FinishAsync();            // ends the load, judges F1 to F5 (Verdict), writes the result line, fails when not clean
/// </code>
/// A row's test has <see cref="FaultRowAttribute"/>, takes the <see cref="KafkaMode"/> and has <see cref="Servers"/> injected.
/// The three topics are tailed from the start (<see cref="Inbound"/>, <see cref="Journal"/>, <see cref="Outbound"/>), so they may be
/// purged behind the tails.
/// </summary>
internal sealed class FaultGroup : IAsyncDisposable
{
    internal static readonly TimeSpan SettleDeadline = TimeSpan.FromSeconds(90);

    /// <summary>Ends that a fault may bring about: on purpose, killed, fenced, commits failed.</summary>
    private static readonly int[] PermittedExits = [0, FaultMember.Killed, FaultMember.Fenced, FaultMember.GaveUp];

    private static int _count;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lockstep-faults-");
    private readonly List<FaultMember> _members = [];
    private readonly List<FaultMember> _adapters = [];
    private readonly List<TimeSpan> _silences = [];
    private readonly FaultGroupOptions _options;
    private readonly string _row;
    private readonly KafkaMode _mode;
    private (FaultMember Member, WorkerStatus? Status)[] _statuses = [];
    private long? _faultAt;
    private bool _finished;

    private FaultGroup(KafkaCluster cluster, KafkaMode mode, FaultGroupOptions options)
    {
        Cluster = cluster;
        _mode = mode;
        _options = options;
        _row = TestContext.Current.Test?.Traits["Row"].Single() ?? throw new InvalidOperationException("Only a row's test has a group.");
        Prefix = $"f{Environment.ProcessId}x{Interlocked.Increment(ref _count)}_1";
        ModelFile = RowModel.PathOf(options.Model);
        Projects = [.. new[] { options.Model }.Concat(options.AlsoModels).Select(m => RowModel.Read(RowModel.PathOf(m), Prefix, options.Tokens))];
        Admin = new TopicAdmin(cluster.Bus, NullLogger.Instance);
        Supervisor = options.Supervised ? new Supervisor(Path.Combine(_folder.FullName, "s"), cluster.ZooKeeper!.ConnectString) : null;
        Load = new SteadyLoad(cluster.BootstrapServers, InboundTopic, Projects[0].ContinuousQueries[0].Windows[0].Schema!, options.Rate);
    }

    public KafkaCluster Cluster { get; }

    /// <summary>First part of its topics' names; the group's name too.</summary>
    public string Prefix { get; }

    public string ModelFile { get; }

    /// <summary>The model, and those of further versions.</summary>
    public IReadOnlyList<ProjectDefinition> Projects { get; }

    public TopicAdmin Admin { get; }

    public Supervisor? Supervisor { get; private set; }

    public SteadyLoad Load { get; }

    public IReadOnlyList<FaultMember> Members => _members;

    public string InboundTopic => TopicName.Inbound(Prefix, "sums", "cq", "source");

    public string OutboundTopic => TopicName.Outbound(Prefix, "sums", "cq", "out");

    public string JournalTopic => TopicName.Journal(Prefix, "sums");

    public TopicTail Inbound { get; private set; } = null!;

    public TopicTail Journal { get; private set; } = null!;

    public TopicTail Outbound { get; private set; } = null!;

    /// <summary>Records on the outbound topic that a row lets another write.</summary>
    public int ForeignExpected { get; set; }

    /// <summary>True: the row has seen all of the inbound topic; it ends with a marker, not with a record, when adapters wrote it.</summary>
    public bool IsInboundComplete { get; set; }

    /// <summary>Further exit codes that the row brings about.</summary>
    public List<int> AlsoPermittedExits { get; } = [];

    /// <summary>Why a member that differs at the end is what the row wants; by its name.</summary>
    public HashSet<string> NotJudged { get; } = [];

    public static async Task<FaultGroup> StartAsync(Servers servers, KafkaMode mode, FaultGroupOptions? options = null)
    {
        options ??= new FaultGroupOptions();
        var group = new FaultGroup(await servers.GetAsync(mode, options.Brokers), mode, options);
        try
        {
            await group.Admin.EnsureTopicAsync(new TopicSpec(group.InboundTopic), CancellationToken.None);
            for (var i = 0; i < options.Members; i++)
            {
                group.StartMember($"engine-{(char)('a' + i)}");
            }

            await group.ReadyAsync();
            var bus = group.Cluster.Bus;
            group.Inbound = new TopicTail(bus, group.InboundTopic);
            group.Journal = new TopicTail(bus, group.JournalTopic);
            group.Outbound = new TopicTail(bus, group.OutboundTopic);
            group.Load.Start();
            await Eventually.TrueAsync(() => group.Outbound.Count > 0 || options.Rate == 0, SettleDeadline, group.Describe);
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts another member.</summary>
    /// <param name="name">Its name, which is its folder's too.</param>
    /// <param name="model">Path of a model of its own; null for the group's.</param>
    /// <param name="arguments">Further arguments.</param>
    public FaultMember StartMember(string name, string? model = null, params string[] arguments)
    {
        var zooKeeper = Cluster.ZooKeeper!.ConnectString;
        var plain = new FaultMemberOptions(model ?? ModelFile, Cluster.BootstrapServers, zooKeeper, Path.Combine(_folder.FullName, name))
        {
            Environment = _options.Tokens.ToDictionary(t => $"LOCKSTEP_SET_{t.Key}", t => (string?)t.Value),
        };
        var options = _options.Change(name, plain);
        string[] supervision = Supervisor is { } supervisor ? ["--supervisor-socket", supervisor.Socket] : [];
        string[] sessions = _options.KeepsSessions ? ["--session-timeout-ms", "10000"] : [];
        string[] all =
        [
            options.Model, "--set", $"PREFIX={Prefix}", "--group", Prefix, "--member", name, "--data", options.Folder,
            "--kafka", options.Kafka, "--zookeeper", options.ZooKeeper, .. supervision, .. sessions,
            .. options.Arguments, .. arguments,
        ];
        var member = new FaultMember(name, options, all);
        _members.Add(member);
        return member;
    }

    /// <summary>Starts a process beside the group: a model of an adapter, whose tokens are the folder and the group as a url names it.</summary>
    public FaultMember StartAdapter(string name, string model, string folder)
    {
        var zooKeeper = Cluster.ZooKeeper!.ConnectString;
        var options = new FaultMemberOptions(RowModel.PathOf(model), Cluster.BootstrapServers, zooKeeper, FolderOf(name));
        string[] supervision = Supervisor is { } supervisor ? ["--supervisor-socket", supervisor.Socket] : [];
        var adapter = new FaultMember(
            name,
            options,
            [
                options.Model, "--set", $"URL={Prefix.Replace('_', ':')}", "--set", $"FOLDER={folder}", "--member", name,
                "--data", options.Folder, .. supervision,
            ]);
        _adapters.Add(adapter);
        return adapter;
    }

    /// <summary>A folder for files of the row, which goes with the group.</summary>
    public string FolderOf(string name) => Directory.CreateDirectory(Path.Combine(_folder.FullName, name)).FullName;

    /// <summary>The member that says it is active, once there is one and only one.</summary>
    public async Task<FaultMember> ActiveAsync()
    {
        FaultMember? active = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var statuses = await StatusesAsync();
                var found = statuses.Where(s => s.Status?.Role == MemberRole.Active).ToList();
                active = found.Count == 1 ? found[0].Member : null;
                return active is not null;
            },
            SettleDeadline,
            Describe);
        return active!;
    }

    /// <summary>A member that says it is standby.</summary>
    public async Task<FaultMember> StandbyAsync()
    {
        FaultMember? standby = null;
        await Eventually.TrueAsync(
            async () => (standby = (await StatusesAsync()).FirstOrDefault(s => s.Status?.Role == MemberRole.Standby).Member) is not null,
            SettleDeadline,
            Describe);
        return standby!;
    }

    /// <summary>Waits until one member is active and all others that run are standbys in the election, or shadows of another version.</summary>
    public Task ReadyAsync() => Eventually.TrueAsync(
        async () =>
        {
            var statuses = (await StatusesAsync()).Where(s => s.Member.Restarts).ToList();
            return statuses.Count(s => s.Status?.Role == MemberRole.Active) == 1
                && statuses.TrueForAll(s => s.Status is { Role: MemberRole.Active or MemberRole.Standby, Znode: not null } or { Role: MemberRole.Shadow });
        },
        SettleDeadline,
        Describe);

    /// <summary>From now on until the next one, or the end, the longest silence of the outbound topic is one measurement.</summary>
    public void Fault()
    {
        EndSilence();
        _faultAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Waits until some more records have come out: the group works.</summary>
    /// <param name="records">How many.</param>
    public async Task FlowsAsync(int records = 20)
    {
        var until = Outbound.Count + records;
        await Eventually.TrueAsync(() => Outbound.Count >= until, SettleDeadline, Describe);
    }

    /// <summary>Waits until some member says it is active; one that stands still says nothing.</summary>
    public Task TakenOverAsync() => Eventually.TrueAsync(
        async () => (await StatusesAsync()).Exists(s => s.Status?.Role == MemberRole.Active), SettleDeadline, Describe);

    /// <summary>Waits for a record of the journal; it may lie there already, however far back.</summary>
    /// <param name="wanted">Which.</param>
    public async Task<JournalRecord> WrittenAsync(Func<JournalRecord, bool> wanted)
    {
        JournalRecord? found = null;
        var looked = 0;
        await Eventually.TrueAsync(
            () =>
            {
                var records = Journal.Records;
                found = records.Skip(looked).Select(r => JournalRecordCodec.Decode(r.Value)).LastOrDefault(wanted);
                looked = records.Count;
                return found is not null;
            },
            SettleDeadline,
            Describe);
        return found!;
    }

    /// <summary>Rests the load, and waits until all of it has come out.</summary>
    public async Task QuietAsync()
    {
        Load.Rate = 0;
        await Eventually.TrueAsync(() => Load.IsFlushed, SettleDeadline, Describe);
        await DrainAsync();
        var promised = JournalRecordCodec.Decode(Journal.Last!.Value).Outputs[0].LastQ;
        await Eventually.TrueAsync(() => LastQ() >= promised, SettleDeadline, Describe);
    }

    /// <summary>The supervisor dies; what it has been told is forgotten.</summary>
    public async Task KillSupervisorAsync() => await Supervisor!.DisposeAsync();

    /// <summary>A new supervisor on the same socket.</summary>
    public void StartSupervisor() => Supervisor = new Supervisor(Supervisor!.Socket, Cluster.ZooKeeper!.ConnectString);

    /// <summary>
    /// Ends the load, waits until all of it has come out and all members stand at the journal's end, and judges. Writes the
    /// result line. Fails when anything is not as it should be.
    /// </summary>
    public async Task<Verdict> FinishAsync()
    {
        EndSilence();
        await Load.StopAsync();
        await ReadyAsync();
        await DrainAsync();
        var statuses = await AgreeingAsync();
        var journal = Journal.Records;
        var promised = JournalRecordCodec.Decode(journal[^1].Value).Outputs[0].LastQ;
        await Eventually.TrueAsync(() => LastQ() >= promised, SettleDeadline, () => $"{LastQ()} of {promised}, {Describe()}");
        var verdict = Verdict.Judge(Projects, Prefix, Inbound.Records, journal, Outbound.Records);
        JudgeMembers(verdict, statuses);
        _finished = true;
        ResultFile.Append(_row, _mode, verdict, _silences);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{verdict}; silences {string.Join(' ', _silences.Select(s => s.TotalMilliseconds.ToString("F0")))} ms");
        foreach (var spent in _members.SelectMany(m => m.Lines(" taken over, ms after ")))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(spent);
        }

        Assert.True(verdict.IsClean, $"{verdict}{Environment.NewLine}{Describe()}");
        return verdict;
    }

    public string Describe() => string.Join(
        Environment.NewLine,
        _statuses.Select(s => $"{s.Member.Name}: {s.Status?.ToString() ?? "no answer"}")
            .Concat(_members.Concat(_adapters).Select(m => m.Describe())));

    public async ValueTask DisposeAsync()
    {
        if (!_finished)
        {
            ResultFile.Append(_row, _mode, null, _silences);
        }

        await Load.DisposeAsync();
        foreach (var member in _adapters.Concat(_members))
        {
            await member.DisposeAsync();
        }

        if (Supervisor is not null)
        {
            await Supervisor.DisposeAsync();
        }

        Inbound?.Dispose();
        Journal?.Dispose();
        Outbound?.Dispose();
        Admin.Dispose();
        _folder.Delete(recursive: true);
    }

    private void EndSilence()
    {
        if (_faultAt is { } at)
        {
            _silences.Add(Outbound.SilenceSince(at));
            _faultAt = null;
        }
    }

    private async Task<List<(FaultMember Member, WorkerStatus? Status)>> StatusesAsync()
    {
        var statuses = await Task.WhenAll(_members.Select(async m => (m, await m.Worker.StatusAsync())));
        _statuses = statuses;
        return [.. statuses];
    }

    /// <summary>The journal names every inbound record that the brokers have.</summary>
    private async Task DrainAsync()
    {
        var ends = await Answer.OfAsync(
            () => Admin.ListOffsetsAsync([InboundTopic], OffsetEnd.Latest, ReadIsolation.Committed, CancellationToken.None), Describe);
        var end = IsInboundComplete ? Inbound.Last?.Offset ?? -1 : ends[InboundTopic] - 1;
        await Eventually.TrueAsync(
            () => end < 0 || (Inbound.Last?.Offset >= end && Journal.Records
                .Reverse().Select(r => JournalRecordCodec.Decode(r.Value))
                .FirstOrDefault(r => !r.Runs.IsEmpty)?.Runs.Any(run => run.LastOffset >= end) == true),
            SettleDeadline,
            () => $"inbound end {end}, {Describe()}");
    }

    /// <summary>Statuses of all members with the digest of one sequence, which the journal has too.</summary>
    private async Task<List<(FaultMember Member, WorkerStatus? Status)>> AgreeingAsync()
    {
        List<(FaultMember Member, WorkerStatus? Status)> statuses = [];
        await Eventually.TrueAsync(
            async () =>
            {
                statuses = [.. (await StatusesAsync()).Where(s => s.Member.Restarts && !NotJudged.Contains(s.Member.Name))];
                var sequences = statuses.Select(s => s.Status?.DigestSequence ?? -1).Distinct().ToList();
                return sequences is [> 0] && Journal.Last is { } last && JournalRecordCodec.Decode(last.Value).Sequence >= sequences[0];
            },
            SettleDeadline,
            () => $"{string.Join("; ", statuses.Select(s => $"{s.Member.Name} {s.Status?.DigestSequence}"))} {Describe()}");
        return statuses;
    }

    private void JudgeMembers(Verdict verdict, List<(FaultMember Member, WorkerStatus? Status)> statuses)
    {
        foreach (var (member, status) in statuses)
        {
            var digest = Convert.ToUInt64(status!.StateDigest, 16);
            if (verdict.Digests.GetValueOrDefault(status.DigestSequence) != digest || !status.DigestAgrees)
            {
                verdict.DigestMismatches++;
                verdict.Violate($"F3: {member.Name} has {status.StateDigest} at {status.DigestSequence}");
            }
        }

        foreach (var member in _members.Concat(_adapters).Where(m => m.Exits.Any(e => !PermittedExits.Contains(e) && !AlsoPermittedExits.Contains(e))))
        {
            verdict.Violate($"{member.Name} ended with {string.Join(' ', member.Exits)}");
        }

        if (verdict.Foreign != ForeignExpected)
        {
            verdict.Violate($"{verdict.Foreign} foreign records on the outbound topic, {ForeignExpected} expected");
        }
    }

    private long LastQ() => Outbound.Records.Reverse()
        .Select(r => r.Header(OutboundStamp.HeaderName))
        .Where(h => h is not null)
        .Select(h => OutboundStampCodec.Decode(h!).Q)
        .FirstOrDefault();
}
