using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Ui.Parts;

/// <summary>A member at its place in the picture.</summary>
/// <param name="Member">The member.</param>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
public sealed record PlacedMember(MemberResource Member, double X, double Y)
{
    /// <summary>Middle of the card, from above.</summary>
    public double Middle => Y + (FlowLayout.CardHeight / 2);
}

/// <summary>A znode at its place in the ZooKeeper lane.</summary>
/// <param name="Member">Its owner.</param>
/// <param name="X">Left edge.</param>
/// <param name="WatchesPrevious">An arrow goes to the one before it.</param>
public sealed record PlacedZnode(MemberResource Member, double X, bool WatchesPrevious);

/// <summary>
/// Where everything stands in the picture of a group: fixed columns from left to right, so that a role change moves nothing.
/// Units are those of the SVG's view box, in which a card is 200 x 112.
/// </summary>
public sealed class FlowLayout
{
    /// <summary>Width of the whole picture.</summary>
    public const double Width = 1184;

    /// <summary>Width of a member card.</summary>
    public const double CardWidth = 200;

    /// <summary>Height of a member card.</summary>
    public const double CardHeight = 112;

    /// <summary>Width of a znode.</summary>
    public const double ZnodeWidth = 112;

    /// <summary>Space between two znodes, in which the word "watches" stands.</summary>
    public const double ZnodeGap = 60;

    /// <summary>Left edges of the columns of inputs, engines and outputs.</summary>
    public const double InputsX = 116, EnginesX = 496, OutputsX = 876;

    /// <summary>Left edges of the two topics.</summary>
    public const double InboundX = 362, OutboundX = 742;

    /// <summary>Width of a topic or a file.</summary>
    public const double TopicWidth = 88, FileWidth = 76;

    private static readonly string[] FailoverGroups = ["inputs", "engines", "outputs"];

    private const double RowGap = 32, Margin = 12, LaneGap = 34, LaneRoom = 96;

    private FlowLayout(
        IReadOnlyList<PlacedMember> inputs, IReadOnlyList<PlacedMember> engines, IReadOnlyList<PlacedMember> outputs, double body)
    {
        Inputs = inputs;
        Engines = engines;
        Outputs = outputs;
        Middle = Margin + (body / 2);
        LaneY = Margin + body + LaneGap;
        Height = LaneY + LaneRoom + 4;
    }

    /// <summary>Input members.</summary>
    public IReadOnlyList<PlacedMember> Inputs { get; }

    /// <summary>Engine members.</summary>
    public IReadOnlyList<PlacedMember> Engines { get; }

    /// <summary>Output members.</summary>
    public IReadOnlyList<PlacedMember> Outputs { get; }

    /// <summary>The line on which files and topics stand.</summary>
    public double Middle { get; }

    /// <summary>Top of the ZooKeeper lane.</summary>
    public double LaneY { get; }

    /// <summary>Height of the whole picture.</summary>
    public double Height { get; }

    /// <summary>All members, from left to right.</summary>
    public IEnumerable<PlacedMember> All => Inputs.Concat(Engines).Concat(Outputs);

    /// <summary>Places the members of a group.</summary>
    /// <param name="members">In the order in which they are to stand.</param>
    public static FlowLayout Of(IReadOnlyList<MemberResource> members)
    {
        var columns = FailoverGroups
            .Select(g => members.Where(m => string.Equals(m.FailoverGroup, g, StringComparison.Ordinal)).ToList()).ToArray();
        var rows = Math.Max(1, columns.Max(c => c.Count));
        var body = (rows * CardHeight) + ((rows - 1) * RowGap);
        return new(
            Column(columns[0], InputsX, body), Column(columns[1], EnginesX, body), Column(columns[2], OutputsX, body), body);
    }

    /// <summary>The znodes of a column, in the order of their sequence: the first is the active's.</summary>
    public static IReadOnlyList<PlacedZnode> Znodes(IReadOnlyList<PlacedMember> column)
    {
        var holders = column.Select(p => p.Member).Where(m => m.Znode is not null)
            .OrderBy(m => Figures.Znode(m.Znode), StringComparer.Ordinal).ToList();
        if (holders.Count == 0)
        {
            return [];
        }

        var width = (holders.Count * ZnodeWidth) + ((holders.Count - 1) * ZnodeGap);
        var left = column[0].X + (CardWidth / 2) - (width / 2);
        return [.. holders.Select((m, i) => new PlacedZnode(
            m, left + (i * (ZnodeWidth + ZnodeGap)), i > 0 && m.WatchedZnode is not null))];
    }

    private static List<PlacedMember> Column(List<MemberResource> members, double x, double body)
    {
        var height = (members.Count * CardHeight) + ((members.Count - 1) * RowGap);
        var top = Margin + ((body - height) / 2);
        return [.. members.Select((m, i) => new PlacedMember(m, x, top + (i * (CardHeight + RowGap))))];
    }
}
