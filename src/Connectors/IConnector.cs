using Lockstep.Contracts.Events;

namespace Lockstep.Connectors;

/// <summary>A connector of a running project. Made by <see cref="ConnectorCatalog"/>, run once.</summary>
public interface IConnector : IAsyncDisposable
{
    /// <summary>What it says about itself now; may be read from any thread.</summary>
    ConnectorStatus Status { get; }

    /// <summary>True for a publisher that goes on until it is told to stop, or at its own pace: nobody waits for its end.</summary>
    bool IsEndless => false;

    /// <summary>Ends when a publisher that runs can receive: others may then send to the server that it listens to.</summary>
    Task Ready => Task.CompletedTask;

    /// <summary>Ends when an endless publisher that runs has published what it has at once.</summary>
    Task Begun => Task.CompletedTask;

    /// <summary>
    /// Runs until it has finished or failed, or until it is told to stop. Never throws for what servers, files and data do:
    /// that is in its status.
    /// </summary>
    /// <param name="stop">Tells it to stop: it gives over first where it can.</param>
    Task RunAsync(CancellationToken stop);

    /// <summary>Gives an election up on purpose and goes on as standby; nothing for a connector that is not active.</summary>
    void SwitchOver()
    {
    }
}

/// <summary>A connector that takes what a window puts out.</summary>
public interface ISubscriber : IConnector
{
    /// <summary>Takes a block; called on the engine's thread, so it must not wait for a network.</summary>
    /// <param name="block">Events of the window's schema; valid during the call only.</param>
    void Take(EventBlock block);

    /// <summary>The engine has nothing to do: what was taken and kept is to be given on. Called on the engine's thread.</summary>
    void Flush();
}
