namespace Lockstep.Connectors.Messages;

/// <summary>Where a subscriber's messages go, as its properties name it: opens connections.</summary>
internal interface IMessageTarget
{
    /// <summary>Connects for sending.</summary>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="BrokerException">The other side is not there or refuses.</exception>
    Task<IMessageSender> ConnectAsync(CancellationToken stop);
}

/// <summary>A broker as a connector's properties name it: opens connections.</summary>
internal interface IMessageBroker : IMessageTarget
{
    /// <summary>Connects and takes messages until the connection breaks.</summary>
    /// <param name="take">Takes a message; it counts as received when this returns.</param>
    /// <param name="connected">Called once messages can come.</param>
    /// <param name="stop">Ends it, with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="BrokerException">The broker is not there, refuses, or the connection broke.</exception>
    Task ReceiveAsync(Action<string, ReadOnlyMemory<byte>> take, Action connected, CancellationToken stop);
}

/// <summary>A connection for sending.</summary>
internal interface IMessageSender : IAsyncDisposable
{
    /// <summary>Sends a message; ends when the other side has it, as far as the properties ask for that.</summary>
    /// <param name="payload">Its bytes.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="BrokerException">The connection broke, or the other side refuses the message.</exception>
    Task SendAsync(ReadOnlyMemory<byte> payload, CancellationToken stop);
}
