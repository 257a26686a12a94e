namespace Lockstep.ZooKeeper.Session;

/// <summary>What an answer means for the session itself.</summary>
internal enum ReplyMeaning
{
    /// <summary>Nothing: it went to whoever awaits it.</summary>
    None,

    /// <summary>The session is closed as asked.</summary>
    CloseConfirmed,

    /// <summary>An identity was refused.</summary>
    AuthRefused,

    /// <summary>The server knows the session no more.</summary>
    SessionGone,
}
