using Lockstep.Contracts.Failover;
using Lockstep.Manager.Web.Launching;

namespace Lockstep.Manager.Web.Supervision;

/// <summary>What a connection of the supervision socket has said so far. Used by its reader and, under its lock, by the watch.</summary>
internal sealed class SupervisedWorker
{
    /// <summary>The process; known from the first message on.</summary>
    public ProcessIdentity Process { get; private set; }

    /// <summary>Group name.</summary>
    public string Group { get; private set; } = "";

    /// <summary>Member name.</summary>
    public string Member { get; private set; } = "";

    /// <summary>Its ZooKeeper session; 0 for none.</summary>
    public long SessionId { get; private set; }

    /// <summary>Its session's password, base64; never logged.</summary>
    public string SessionPassword { get; private set; } = "";

    /// <summary>True: it has said that it ends on purpose.</summary>
    public bool HasSaidBye { get; private set; }

    /// <summary>When it was last heard, since the server's start.</summary>
    public TimeSpan LastBeat { get; set; }

    /// <summary>See <see cref="BeatWatch.Stalled"/>.</summary>
    public TimeSpan StalledAtBeat { get; set; }

    /// <summary>True: it is being put to death; nothing more is done about it.</summary>
    public bool IsCondemned { get; set; }

    /// <summary>Takes a message in.</summary>
    public void Take(SupervisionMessage message)
    {
        if (Process.Pid != message.Pid)
        {
            Process = ProcessIdentity.Of(message.Pid) ?? new ProcessIdentity(message.Pid, 0);
        }

        Group = message.Group;
        Member = message.Member;
        if (message.Kind == SupervisionKind.Bye)
        {
            HasSaidBye = true;
        }
        else
        {
            SessionId = message.SessionId;
            SessionPassword = message.SessionPassword;
        }
    }
}
