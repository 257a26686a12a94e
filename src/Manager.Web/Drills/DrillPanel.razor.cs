using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Api;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Lockstep.Manager.Web.Drills;

/// <summary>A group's drills: plan, trend and list.</summary>
public partial class DrillPanel
{
    /// <summary>Rows of the list; all are in REST.</summary>
    public const int MaxRows = 20;

    private bool _isOn;
    private int _every;
    private int _from;
    private int _to;
    private double _limit;
    private Refusal? _refusal;

    /// <summary>The group.</summary>
    [Parameter, EditorRequired]
    public string Group { get; set; } = "";

    /// <inheritdoc />
    protected override long Version => Drills.Version;

    [Inject]
    private DrillStore Drills { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Authentication { get; set; } = null!;

    private DrillState State => Drills.Of(Group);

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        var plan = State.Plan.Asked;
        (_isOn, _every, _from, _to, _limit) = (plan.IsOn, plan.EveryHours, plan.FromHour, plan.ToHour, plan.LimitMs);
    }

    /// <inheritdoc />
    protected override IDisposable Subscribe(Action changed) => Drills.Subscribe(changed);

    private async Task SaveAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User.Identity?.Name ?? "console";
        var plan = new DrillPlanRequest { IsOn = _isOn, EveryHours = _every, FromHour = _from, ToHour = _to, LimitMs = _limit };
        _refusal = (await Drills.PlanAsync(Group, plan, user, CancellationToken.None)).Refusal;
        Redraw();
    }

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static string KindOf(string outcome) => outcome switch
    {
        "passed" => "proven",
        "missed" => "failed",
        "running" => "joining",
        _ => "unknown",
    };
}
