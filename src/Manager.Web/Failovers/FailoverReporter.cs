using Lockstep.Contracts.Api;
using Lockstep.Kafka;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Supervision;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>
/// Writes the report of each failover: a first one as soon as the new active writes, the last one when logs of 10 s after it
/// are there and the outbound topics have been judged. One loop.
/// </summary>
internal sealed partial class FailoverReporter(
    FailoverInbox inbox, FailoverReports reports, FailoverRecorder recorder, DeploymentStore groups, GroupModels models,
    WorkerRegistry registry, MemberLogs logs, MemberFiles files, ZnodeLog znodes, DeathNotes deaths, SwitchReader reader,
    TimeProvider time, ILogger<FailoverReporter> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly List<ReportDraft> _drafts = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            while (inbox.TryTake(out var facts))
            {
                _drafts.Add(await BeginAsync(facts, stoppingToken));
            }

            var now = time.GetUtcNow();
            foreach (var draft in _drafts.Where(d => d.NextAt <= now).ToList())
            {
                await LookAsync(draft, stoppingToken);
            }

            _drafts.RemoveAll(d => d.IsComplete);
        }
    }

    private async Task<ReportDraft> BeginAsync(FailoverFacts facts, CancellationToken cancellation)
    {
        IReadOnlyList<string> topics = facts.Failover.FailoverGroup == "engines"
            && groups.Groups.TryGetValue(facts.Group, out var group)
            && await models.OfAsync(group.Spec, cancellation) is { } model
                ? [.. model.Topology.Outputs.Select(o => o.Topic).Distinct(StringComparer.Ordinal)]
                : [];
        var draft = new ReportDraft(facts, topics);
        if (topics.Count > 0)
        {
            try
            {
                draft.Hints = await reader.EndsAsync(topics, cancellation);
            }
            catch (KafkaFaultException away)
            {
                LogNotRead(logger, facts.Group, facts.Failover.Number, away.Message);
            }
        }

        await KeepAsync(draft, "pending", cancellation);
        return draft;
    }

    private async Task LookAsync(ReportDraft draft, CancellationToken cancellation)
    {
        var verdicts = new List<TopicVerdictResource>();
        foreach (var known in draft.Verdicts)
        {
            verdicts.Add(await JudgeAsync(draft, known, cancellation));
        }

        draft.Verdicts = verdicts;
        draft.Looked(time.GetUtcNow());
        await KeepAsync(draft, ReportSentence.VerdictOf(draft.Verdicts), cancellation);
    }

    private async Task<TopicVerdictResource> JudgeAsync(ReportDraft draft, TopicVerdictResource known, CancellationToken cancellation)
    {
        var failover = draft.Facts.Failover;
        try
        {
            return await reader.ReadAsync(known.Topic, failover.Epoch, draft.Hints?.GetValueOrDefault(known.Topic), cancellation);
        }
        catch (Exception failed) when (failed is KafkaFaultException or OffsetGoneException)
        {
            LogNotRead(logger, draft.Facts.Group, failover.Number, failed.Message);
            return known.Verdict is "unknown" or "quiet" ? known with { Verdict = "unknown", Note = failed.Message } : known;
        }
    }

    private async Task KeepAsync(ReportDraft draft, string verdict, CancellationToken cancellation)
    {
        var facts = draft.Facts;
        var failover = facts.Failover;
        if (deaths.Of(facts.Group, failover.From ?? "") is { } death && death.Pid == facts.LostPid)
        {
            facts = facts with { Death = death }; // By now it may be known when the process was gone.
        }

        var at = failover.At;
        if (registry.Of(facts.Group, failover.To)?.Status.Takeover is { } told && told.Epoch == failover.Epoch)
        {
            draft.Takeover = told;
        }

        var around = facts.Election is { } parent ? znodes.Between(parent, at - ReportDraft.Span, at + ReportDraft.Span) : [];
        var phases = PhaseList.Of(facts, draft.Takeover, around);
        // The kernel may take its time over the dead process; nobody waits for that.
        double? total = phases.Count > 1 ? phases.Where(p => p.Name != "dead").Max(p => p.AfterMs) : null;
        failover = failover with
        {
            Verdict = verdict,
            SilenceMs = ReportSentence.SilenceOf(draft.Verdicts),
            GapMs = total ?? failover.GapMs,
        };
        var report = new FailoverReportResource
        {
            Group = facts.Group,
            Failover = failover,
            Summary = ReportSentence.Of(failover, total, draft.Verdicts),
            Detail = failover.Actor is null ? facts.Detail : null,
            Phases = phases,
            TotalMs = total,
            Znodes = around,
            Log = LogOf(facts),
            Topics = draft.Verdicts,
            IsComplete = draft.IsComplete,
        };
        if (await reports.KeepAsync(report, cancellation) && groups.Groups.ContainsKey(facts.Group))
        {
            recorder.Put(facts.Group, failover);
        }
    }

    private List<ReportLogLine> LogOf(FailoverFacts facts)
    {
        var members = new[] { facts.Failover.From, facts.Failover.To }.OfType<string>().Distinct().ToList();
        var names = groups.Groups.TryGetValue(facts.Group, out var group) ? group.Spec.Members().ToList() : [];
        return
        [
            .. members.SelectMany(m => LogExcerpt.Of(
                    m,
                    names.Where(n => n.Name == m).Select(n => files.LogOf(facts.Group, n)).FirstOrDefault(),
                    logs.Of(facts.Group, m), facts.Failover.At, ReportDraft.Span))
                .OrderBy(l => l.At),
        ];
    }

    [LoggerMessage(EventId = 6711, Level = LogLevel.Information, Message = "Report of failover {Number} of {Group}: {Reason}")]
    private static partial void LogNotRead(ILogger logger, string group, int number, string reason);
}
