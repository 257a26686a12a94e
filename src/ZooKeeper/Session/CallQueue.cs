using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.ZooKeeper.Session;

/// <summary>Matches answers to requests: a server answers in the order in which it was asked. Owned by the session's loop.</summary>
internal sealed class CallQueue(Delivery delivery, string chroot)
{
    /// <summary>A ping, ready to send.</summary>
    public static readonly ReadOnlyMemory<byte> Ping = JuteWriter.Frame(new RequestHeader(Xid.Ping, OpCode.Ping));

    private readonly Queue<PendingCall> _unanswered = new();
    private readonly Queue<PendingCall?> _identities = new(); // Null for one that nobody awaits.
    private readonly List<PendingCall> _held = []; // Bounded by the limit on unanswered requests.
    private int _lastXid;
    private int _closeXid;

    /// <summary>The watches that answers and events concern.</summary>
    public WatchTable Watches { get; } = new();

    /// <summary>Keeps a call until the first connection.</summary>
    public void Hold(PendingCall call) => _held.Add(call);

    /// <summary>The calls that waited, in order; they are forgotten here.</summary>
    public List<PendingCall> TakeHeld()
    {
        List<PendingCall> held = [.. _held];
        _held.Clear();
        return held;
    }

    /// <summary>Notes that a call goes out, and gives its frame.</summary>
    public ReadOnlyMemory<byte> Sent(PendingCall call)
    {
        if (call.Op == OpCode.Auth)
        {
            call.Xid = Xid.Auth;
            _identities.Enqueue(call);
        }
        else
        {
            call.Xid = NextXid();
            _unanswered.Enqueue(call);
        }

        RequestHeader header = new(call.Xid, call.Op);
        return call.Body is null ? JuteWriter.Frame(header) : JuteWriter.Frame(header, call.Body);
    }

    /// <summary>The frame that shows an identity again on a new connection.</summary>
    public ReadOnlyMemory<byte> RestoredIdentity(AuthIdentity identity)
    {
        _identities.Enqueue(null);
        return JuteWriter.Frame(
            new RequestHeader(Xid.Auth, OpCode.Auth), new AuthPacket(0, identity.Scheme, identity.Credentials));
    }

    /// <summary>The frame that closes the session.</summary>
    public ReadOnlyMemory<byte> CloseSession()
    {
        _closeXid = NextXid();
        return JuteWriter.Frame(new RequestHeader(_closeXid, OpCode.CloseSession));
    }

    /// <summary>Takes a frame from the server.</summary>
    /// <exception cref="InvalidDataException">It answers nothing that was asked.</exception>
    public ReplyMeaning Receive(ReplyHeader header, ref JuteReader reader)
    {
        switch (header.Xid)
        {
            case Xid.Event:
                Fire(header, WatcherEvent.Read(ref reader));
                return ReplyMeaning.None;
            case Xid.Ping or Xid.SetWatches:
                return header.Error is ErrorCode.SessionExpired ? ReplyMeaning.SessionGone : ReplyMeaning.None;
            case Xid.Auth:
                return ReceiveAuth(header);
            default:
                return ReceiveAnswer(header, ref reader);
        }
    }

    /// <summary>Ends every call without an answer.</summary>
    public void FailAll(ErrorCode error)
    {
        foreach (PendingCall call in _unanswered.Concat(_identities.OfType<PendingCall>()).Concat(_held))
        {
            delivery.Fail(call, error);
        }

        _unanswered.Clear();
        _identities.Clear();
        _held.Clear();
    }

    private int NextXid() => _lastXid = _lastXid == int.MaxValue ? 1 : _lastXid + 1;

    private ReplyMeaning ReceiveAuth(ReplyHeader header)
    {
        if (header.Error != ErrorCode.Ok)
        {
            // The call stays: it fails with all others when the client's state says that it has ended, not before.
            return ReplyMeaning.AuthRefused;
        }

        if (_identities.TryDequeue(out PendingCall? call) && call is not null)
        {
            delivery.Complete(call);
        }

        return ReplyMeaning.None;
    }

    private ReplyMeaning ReceiveAnswer(ReplyHeader header, ref JuteReader reader)
    {
        if (_closeXid != 0 && header.Xid == _closeXid)
        {
            return ReplyMeaning.CloseConfirmed;
        }

        if (!_unanswered.TryPeek(out PendingCall? call) || call.Xid != header.Xid)
        {
            throw new InvalidDataException($"The server answered request {header.Xid}, but {call?.Xid ?? 0} is next.");
        }

        if (header.Error == ErrorCode.Ok)
        {
            call.Decode(ref reader); // When it throws, the call stays and fails with the connection.
        }

        _unanswered.Dequeue();
        call.OnAnswer?.Invoke(header.Error);
        if (header.Error == ErrorCode.Ok)
        {
            delivery.Complete(call);
        }
        else
        {
            delivery.Fail(call, header.Error);
        }

        return header.Error == ErrorCode.SessionExpired ? ReplyMeaning.SessionGone : ReplyMeaning.None;
    }

    private void Fire(ReplyHeader header, WatcherEvent happened)
    {
        if (!Enum.IsDefined((WatchEventType)happened.Type))
        {
            return; // Of the session, not of a znode; states are told apart from watches here.
        }

        WatchEventType type = (WatchEventType)happened.Type;
        IReadOnlyList<Action<WatchEvent>> callbacks = Watches.Fire(type, happened.Path);
        if (callbacks.Count > 0)
        {
            delivery.Event(callbacks, new WatchEvent(type, ZnodePaths.ToClient(chroot, happened.Path), header.Zxid));
        }
    }
}
