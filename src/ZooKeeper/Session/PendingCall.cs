using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.ZooKeeper.Session;

/// <summary>A request that somebody awaits.</summary>
internal abstract class PendingCall(OpCode op, IJuteRecord? body, string path)
{
    /// <summary>The operation.</summary>
    public OpCode Op { get; } = op;

    /// <summary>Its record; null when it has none.</summary>
    public IJuteRecord? Body { get; } = body;

    /// <summary>The path as the client names it, for error messages.</summary>
    public string Path { get; } = path;

    /// <summary>The number it was sent with.</summary>
    public int Xid { get; set; }

    /// <summary>Run by the session's owner when the answer comes, before later answers and events: sets or removes watches.</summary>
    public Action<ErrorCode>? OnAnswer { get; init; }

    /// <summary>Run when the call has ended, however it did.</summary>
    public Action? OnEnd { get; init; }

    /// <summary>Reads the answer's record; run by the session's owner.</summary>
    /// <exception cref="InvalidDataException">It is not what the operation promises.</exception>
    public abstract void Decode(ref JuteReader reader);

    /// <summary>Ends the await with what was decoded; run by the delivery task.</summary>
    public abstract void Complete();

    /// <summary>Ends the await with an error; run by the delivery task.</summary>
    public abstract void Fail(ErrorCode error);
}

/// <summary>A request whose answer gives a value.</summary>
/// <typeparam name="T">The value.</typeparam>
internal sealed class PendingCall<T>(OpCode op, IJuteRecord? body, string path, JuteReader.ReadItem<T> read)
    : PendingCall(op, body, path)
{
    private T? _value;

    /// <summary>Ends when the answer was delivered.</summary>
    public TaskCompletionSource<T> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override void Decode(ref JuteReader reader) => _value = read(ref reader);

    public override void Complete()
    {
        OnEnd?.Invoke();
        Completion.SetResult(_value!);
    }

    public override void Fail(ErrorCode error)
    {
        OnEnd?.Invoke();
        Completion.SetException(new ZooKeeperException(error, Path));
    }
}
