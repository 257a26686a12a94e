namespace Lockstep.Manager.Web.Storage;

/// <summary>A project.</summary>
internal sealed class ProjectRow
{
    /// <summary>UUID version 7.</summary>
    public Guid Id { get; set; }

    /// <summary>Unique.</summary>
    public required string Name { get; set; }

    /// <summary>Free text.</summary>
    public required string Description { get; set; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it, or its newest version, was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Grows with each change: the strong ETag.</summary>
    public long RowVersion { get; set; }
}

/// <summary>A published version: never changed.</summary>
internal sealed class VersionRow
{
    /// <summary>UUID version 7.</summary>
    public Guid Id { get; set; }

    /// <summary>Its project.</summary>
    public Guid ProjectId { get; set; }

    /// <summary>The number before the dot.</summary>
    public int Major { get; set; }

    /// <summary>The number after the dot.</summary>
    public int Minor { get; set; }

    /// <summary>The XML, byte for byte as published.</summary>
    public required byte[] Model { get; set; }

    /// <summary>SHA-256 of <see cref="Model"/>, lower-case hex.</summary>
    public required string Sha256 { get; set; }

    /// <summary>Free text.</summary>
    public required string Notes { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset PublishedAt { get; set; }

    /// <summary>Who.</summary>
    public required string PublishedBy { get; set; }
}

/// <summary>A group as it was asked for.</summary>
internal sealed class GroupRow
{
    /// <summary>Unique; never used again for another incarnation of a deleted group's topics.</summary>
    public required string Name { get; set; }

    /// <summary>Project name.</summary>
    public required string Project { get; set; }

    /// <summary>major.minor.</summary>
    public required string Version { get; set; }

    /// <summary>The DeploymentSpec as JSON.</summary>
    public required string SpecJson { get; set; }

    /// <summary>started or stopped.</summary>
    public required string Desired { get; set; }

    /// <summary>When it was deployed.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Grows with each change: the strong ETag.</summary>
    public long RowVersion { get; set; }

    /// <summary>Ledger as last seen, so that it is known before the output member reports again.</summary>
    public long Lost { get; set; }

    /// <summary>As above.</summary>
    public long Duplicated { get; set; }

    /// <summary>As above.</summary>
    public long LastQ { get; set; }

    /// <summary>As above.</summary>
    public string LastId { get; set; } = "";

    /// <summary>As above.</summary>
    public long Rows { get; set; }
}

/// <summary>A member's processes: what a manager that comes back needs to find them again.</summary>
internal sealed class MemberRow
{
    /// <summary>Group name.</summary>
    public required string Group { get; set; }

    /// <summary>Member name.</summary>
    public required string Member { get; set; }

    /// <summary>How often it was started.</summary>
    public int Incarnations { get; set; }

    /// <summary>Process id of the last one; 0 for none.</summary>
    public int Pid { get; set; }

    /// <summary>Start time of that process in clock ticks since boot (/proc/PID/stat, field 22): tells it from a later one with its id.</summary>
    public long StartTicks { get; set; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Base address of its endpoints as last heard; empty for unknown.</summary>
    public string Address { get; set; } = "";
}

/// <summary>An operation.</summary>
internal sealed class OperationRow
{
    /// <summary>UUID version 7: sorts by time.</summary>
    public Guid Id { get; set; }

    /// <summary>See OperationResource.</summary>
    public required string Action { get; set; }

    /// <summary>Group name.</summary>
    public required string Group { get; set; }

    /// <summary>Member name, or null.</summary>
    public string? Member { get; set; }

    /// <summary>running, done or failed.</summary>
    public required string State { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Who asked.</summary>
    public required string Actor { get; set; }

    /// <summary>What happened.</summary>
    public required string Detail { get; set; }
}

/// <summary>A failover.</summary>
internal sealed class FailoverRow
{
    /// <summary>Group name.</summary>
    public required string Group { get; set; }

    /// <summary>From 1 since deploy.</summary>
    public int Number { get; set; }

    /// <summary>When the new active was seen.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>inputs or engines.</summary>
    public required string FailoverGroup { get; set; }

    /// <summary>Member that was active, or null.</summary>
    public string? From { get; set; }

    /// <summary>Member that is.</summary>
    public required string To { get; set; }

    /// <summary>Epoch of the new one.</summary>
    public long Epoch { get; set; }

    /// <summary>See FailoverResource.</summary>
    public required string Cause { get; set; }

    /// <summary>Milliseconds, or null.</summary>
    public double? GapMs { get; set; }

    /// <summary>Who asked, or null.</summary>
    public string? Actor { get; set; }

    /// <summary>See FailoverResource.</summary>
    public string Verdict { get; set; } = "unknown";

    /// <summary>Milliseconds, or null.</summary>
    public double? SilenceMs { get; set; }
}

/// <summary>The answer to a POST with an Idempotency-Key.</summary>
internal sealed class IdempotencyRow
{
    /// <summary>Caller and key.</summary>
    public required string Key { get; set; }

    /// <summary>SHA-256 of method, path and body, hex.</summary>
    public required string RequestHash { get; set; }

    /// <summary>Status of the answer; 0 while the request still runs.</summary>
    public int Status { get; set; }

    /// <summary>Content type of the answer.</summary>
    public string? ContentType { get; set; }

    /// <summary>Location header of the answer.</summary>
    public string? Location { get; set; }

    /// <summary>Body of the answer.</summary>
    public byte[] Body { get; set; } = [];

    /// <summary>When the key was first seen; it is forgotten after 24 hours.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A bearer token; the token itself is not kept.</summary>
internal sealed class TokenRow
{
    /// <summary>UUID version 7.</summary>
    public Guid Id { get; set; }

    /// <summary>Who uses it: the actor of its acts.</summary>
    public required string Name { get; set; }

    /// <summary>SHA-256 of the token, hex.</summary>
    public required string Hash { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}
