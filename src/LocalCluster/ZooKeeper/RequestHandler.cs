using Lockstep.ZooKeeper;
using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>Carries out one request and queues its answer, after the events that it causes. Called under the server's lock.</summary>
internal sealed class RequestHandler(ServerState state)
{
    /// <summary>Handles a request of an attached client.</summary>
    public void Handle(ServerConnection connection, ServerSession session, ref JuteReader reader)
    {
        RequestHeader header = RequestHeader.Read(ref reader);
        try
        {
            IJuteRecord? answer = Answer(header.Op, connection, session, ref reader);
            ReplyHeader ok = new(header.Xid, state.Tree.Zxid, ErrorCode.Ok);
            if (answer is null)
            {
                connection.Send(ok);
            }
            else
            {
                connection.Send(ok, answer);
            }
        }
        catch (RefusedException refused)
        {
            connection.Send(new ReplyHeader(header.Xid, state.Tree.Zxid, refused.Code));
            if (refused.Code == ErrorCode.AuthFailed)
            {
                connection.End();
            }
        }

        if (header.Op == OpCode.CloseSession)
        {
            connection.End();
        }
    }

    private IJuteRecord? Answer(OpCode op, ServerConnection connection, ServerSession session, ref JuteReader reader)
    {
        switch (op)
        {
            case OpCode.Ping:
                return null;
            case OpCode.CloseSession:
                state.EndSession(session);
                return null;
            case OpCode.Auth:
                AuthPacket packet = AuthPacket.Read(ref reader);
                connection.Identities.Add(AccessCheck.Identify(packet.Scheme, packet.Credentials));
                return null;
            case OpCode.Sync:
                return PathRecord.Read(ref reader);
            case OpCode.Exists or OpCode.GetData or OpCode.GetChildren or OpCode.GetChildren2 or OpCode.GetAcl:
                return new ReadHandler(state, connection).Answer(op, ref reader);
            case OpCode.SetWatches or OpCode.SetWatches2 or OpCode.AddWatch or OpCode.RemoveWatches:
                new WatchHandler(state, connection).Handle(op, ref reader);
                return null;
            case OpCode.Create or OpCode.Create2 or OpCode.CreateContainer or OpCode.CreateTtl or OpCode.Delete
                or OpCode.SetData or OpCode.SetAcl or OpCode.Multi:
                return new WriteHandler(state, connection, session).Answer(op, ref reader);
            default:
                throw new RefusedException(ErrorCode.Unimplemented);
        }
    }
}
