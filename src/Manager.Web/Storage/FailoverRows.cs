namespace Lockstep.Manager.Web.Storage;

/// <summary>A failover's report.</summary>
internal sealed class ReportRow
{
    /// <summary>Group name.</summary>
    public required string Group { get; set; }

    /// <summary>Number of the failover.</summary>
    public int Number { get; set; }

    /// <summary>The FailoverReportResource as JSON.</summary>
    public required string Json { get; set; }
}

/// <summary>A group's drills as they were asked for.</summary>
internal sealed class DrillRow
{
    /// <summary>Group name.</summary>
    public required string Group { get; set; }

    /// <summary>The DrillPlan as JSON.</summary>
    public required string Json { get; set; }
}

/// <summary>A drill that was due.</summary>
internal sealed class DrillRunRow
{
    /// <summary>Group name.</summary>
    public required string Group { get; set; }

    /// <summary>From 1 a group.</summary>
    public int Number { get; set; }

    /// <summary>The DrillRunResource as JSON.</summary>
    public required string Json { get; set; }
}
