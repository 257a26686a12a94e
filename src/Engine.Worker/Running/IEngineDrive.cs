using Lockstep.Contracts.Api;

namespace Lockstep.Engine.Worker.Running;

/// <summary>What drives a project's engine: the loop of a project by itself, or the member of a failover group.</summary>
internal interface IEngineDrive : IAsyncDisposable
{
    /// <summary>How it ended; null when it was stopped and has nothing to say. Fails for a defect.</summary>
    Task<RunEnd?> Ended { get; }

    /// <summary>Starts it.</summary>
    void Start();

    /// <summary>Ends it: a member of a group gives over first; a loop evaluates what waits.</summary>
    Task StopAsync();

    /// <summary>Adds what it knows to the worker's status.</summary>
    WorkerStatus Describe(WorkerStatus status);

    /// <summary>Gives over on purpose; nothing for one that is not active.</summary>
    void SwitchOver();

    /// <summary>Gives over to a member of another version; nothing for one that is not active.</summary>
    void HandOver(string to, string modelDigest);

    /// <summary>Takes the group from the version that writes; nothing for one that is no shadow.</summary>
    void TakeBack();

    /// <summary>The snapshot of a journal sequence, or the newest for null; null when there is none.</summary>
    FileStream? OpenSnapshot(long? sequence);
}
