namespace Lockstep.Manager.Web.Deployments;

/// <summary>A group as it is wanted; immutable.</summary>
/// <param name="Spec">What was asked for.</param>
/// <param name="IsStarted">True: its members should run.</param>
/// <param name="IsDeleting">True: its members are being stopped, then it is forgotten.</param>
/// <param name="CreatedAt">When it was deployed.</param>
/// <param name="RowVersion">Grows with each change: the strong ETag.</param>
internal sealed record GroupRecord(
    DeploymentSpec Spec, bool IsStarted, bool IsDeleting, DateTimeOffset CreatedAt, long RowVersion)
{
    /// <summary>started or stopped, as REST says it.</summary>
    public string Desired => IsStarted && !IsDeleting ? "started" : "stopped";
}
