using Lockstep.ZooKeeper;
using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>Requests that read znodes and perhaps set a one-shot watch.</summary>
internal sealed class ReadHandler(ServerState state, ServerConnection connection)
{
    public IJuteRecord Answer(OpCode op, ref JuteReader reader)
    {
        if (op == OpCode.GetAcl)
        {
            return GetAcl(PathRecord.Read(ref reader).Path);
        }

        ReadRequest request = ReadRequest.Read(ref reader);
        if (op == OpCode.Exists)
        {
            if (state.Tree.Find(request.Path) is { } found)
            {
                AccessCheck.Demand(found, AclPermissions.Read, connection.Identities); // As servers from 3.9.5 on do.
            }

            Watch(request, ServerWatches.Kind.Data); // Also when it does not exist: its creation is waited for.
            return new StatRecord(state.Tree.Get(request.Path).Stat());
        }

        Znode node = state.Tree.Get(request.Path);
        AccessCheck.Demand(node, AclPermissions.Read, connection.Identities);
        Watch(request, op == OpCode.GetData ? ServerWatches.Kind.Data : ServerWatches.Kind.Child);
        return op switch
        {
            OpCode.GetData => new GetDataResponse(node.Content, node.Stat()),
            OpCode.GetChildren => new GetChildrenResponse([.. node.Children]),
            _ => new GetChildren2Response([.. node.Children], node.Stat()),
        };
    }

    private GetAclResponse GetAcl(string path)
    {
        Znode node = state.Tree.Get(path);
        AccessCheck.Demand(node, AclPermissions.Read | AclPermissions.Admin, connection.Identities);
        return new GetAclResponse(node.Acl, node.Stat());
    }

    private void Watch(ReadRequest request, ServerWatches.Kind kind)
    {
        if (request.Watch)
        {
            state.Watches.Add(kind, request.Path, connection);
        }
    }
}
