using Lockstep.Contracts.Api;

namespace Lockstep.Contracts.Hubs;

/// <summary>What a worker calls on its manager's hub <c>/hubs/workers</c> (authorised by the worker key).</summary>
public interface IWorkerHub
{
    /// <summary>First call of a connection: who it is. The manager takes it in, whether it started it or found it.</summary>
    Task JoinAsync(WorkerStatus status);

    /// <summary>Every 250 ms, and at once at each change of role.</summary>
    Task ReportAsync(WorkerStatus status);

    /// <summary>New log lines, oldest first; at most 200 a call.</summary>
    Task LogAsync(IReadOnlyList<WorkerLogLine> lines);
}

/// <summary>What the manager calls on a worker.</summary>
public interface IWorkerClient
{
    /// <summary>Give over to the standby, and go on as standby. Nothing for a member that is not active.</summary>
    Task SwitchoverAsync();

    /// <summary>Give over to a member of another version, and go on as its shadow. Nothing for a member that is not active.</summary>
    /// <param name="to">Its name.</param>
    /// <param name="modelDigest">Digest of its model.</param>
    Task HandOverAsync(string to, string modelDigest);

    /// <summary>Take the group from the version that writes and can't give over. Nothing for a member that is no shadow.</summary>
    Task TakeBackAsync();

    /// <summary>End: give over first, then exit with code 0.</summary>
    Task StopAsync();
}

/// <summary>One line of a worker's log.</summary>
/// <param name="At">When.</param>
/// <param name="Level">Trace, Debug, Information, Warning, Error or Critical.</param>
/// <param name="Category">Logger category.</param>
/// <param name="Message">Text, exception included.</param>
public sealed record WorkerLogLine(DateTimeOffset At, string Level, string Category, string Message);
