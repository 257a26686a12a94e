using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;
using Microsoft.AspNetCore.Components;

namespace Lockstep.Manager.Web.Ui.Parts;

/// <summary>The picture of a group, from the source file to the output file.</summary>
public partial class FlowDiagram
{
    private const string Arrow = "url(#ls-arrow)";

    /// <summary>The group.</summary>
    [Parameter, EditorRequired]
    public GroupResource Group { get; set; } = null!;

    /// <summary>When the snapshot was made.</summary>
    [Parameter, EditorRequired]
    public DateTimeOffset ObservedAt { get; set; }

    /// <summary>What can be done to a member.</summary>
    [Parameter]
    public Func<MemberResource, IReadOnlyList<Act>> ActsOf { get; set; } = _ => [];

    /// <summary>See <see cref="ActMenu.TypeToConfirm"/>.</summary>
    [Parameter]
    public string? TypeToConfirm { get; set; }

    /// <summary>A confirmed act.</summary>
    [Parameter]
    public EventCallback<(MemberResource Member, Act Act)> OnAct { get; set; }

    private FlowLayout Layout { get; set; } = FlowLayout.Of([]);

    /// <summary>How the standby follows the active's journal: between the two upper engine cards.</summary>
    private (double Y, string Words, bool IsDown)? Journal
    {
        get
        {
            var standby = Layout.Engines.FirstOrDefault(p => p.Member.Role == MemberRole.Standby);
            if (Layout.Engines.Count < 2 || standby is null || !Layout.Engines.Any(IsActive))
            {
                return null;
            }

            var words = T[
                standby.Member.DigestAgrees ? "Flow.JournalEqual" : "Flow.JournalDiffers", Figures.Count(standby.Member.Behind)];
            return (Layout.Engines[0].Y + FlowLayout.CardHeight, words, standby != Layout.Engines[0]);
        }
    }

    /// <inheritdoc />
    protected override void OnParametersSet() => Layout = FlowLayout.Of(Group.Members);

    private static string S(double value) => Figures.Svg(value);

    private static bool IsUp(PlacedMember placed) => placed.Member.State is MemberState.Running or MemberState.Degraded;

    private static bool IsActive(PlacedMember placed) => placed.Member.Role == MemberRole.Active && IsUp(placed);

    private static double RateOf(IReadOnlyList<PlacedMember> column) =>
        column.Where(IsActive).Sum(p => p.Member.EventsPerSecond);

    private static string Short(string? topic) => topic is null
        ? ""
        : string.Join('.', topic.Split('.').TakeLast(2));

    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    private static RenderFragment Edge(double x1, double y1, double x2, double y2, bool isActive, bool hasArrow) => builder =>
    {
        var half = (x1 + x2) / 2;
        builder.OpenElement(0, "path");
        builder.AddAttribute(1, "class", isActive ? "ls-edge ls-edge-active" : "ls-edge");
        builder.AddAttribute(2, "d", $"M{S(x1)} {S(y1)} C{S(half)} {S(y1)} {S(half)} {S(y2)} {S(x2)} {S(y2)}");
        builder.AddAttribute(3, "marker-end", hasArrow ? Arrow : null);
        builder.CloseElement();
    };
}
