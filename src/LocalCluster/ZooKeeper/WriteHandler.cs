using Lockstep.ZooKeeper;
using Lockstep.ZooKeeper.Protocol;

namespace Lockstep.LocalCluster.ZooKeeper;

/// <summary>Requests that change znodes: each is one transaction, which watches are told of before the answer.</summary>
internal sealed class WriteHandler(ServerState state, ServerConnection connection, ServerSession session)
{
    private readonly ZnodeTree _tree = state.Tree;

    public IJuteRecord? Answer(OpCode op, ref JuteReader reader)
    {
        if (op == OpCode.Multi)
        {
            return Multi(MultiRequest.Read(ref reader));
        }

        _tree.Begin();
        try
        {
            IJuteRecord? answer = Change(op, ref reader);
            state.Tell(_tree.Commit());
            return answer;
        }
        catch (RefusedException)
        {
            _tree.Rollback();
            throw;
        }
    }

    private IJuteRecord? Change(OpCode op, ref JuteReader reader)
    {
        switch (op)
        {
            case OpCode.Create:
                return new PathRecord(Create(CreateRequest.Read(ref reader)).Path);
            case OpCode.Create2 or OpCode.CreateContainer:
                Znode created = Create(CreateRequest.Read(ref reader));
                return new Create2Response(created.Path, created.Stat());
            case OpCode.CreateTtl:
                CreateTtlRequest mortal = CreateTtlRequest.Read(ref reader);
                Znode node = Create(mortal.Path, mortal.Content, mortal.Acl, mortal.Mode, Znode.TtlOwner(mortal.TtlMs));
                return new Create2Response(node.Path, node.Stat());
            case OpCode.Delete:
                DeleteRequest delete = DeleteRequest.Read(ref reader);
                _tree.Delete(delete.Path, delete.Version, parent => Demand(parent, AclPermissions.Delete));
                return null;
            case OpCode.SetData:
                SetDataRequest set = SetDataRequest.Read(ref reader);
                return new StatRecord(SetContent(set.Path, set.Content, set.Version).Stat());
            default:
                SetAclRequest acl = SetAclRequest.Read(ref reader);
                Demand(_tree.Get(acl.Path), AclPermissions.Admin);
                IReadOnlyList<Acl> kept = AccessCheck.Resolve(acl.Acl, connection.Identities);
                return new StatRecord(_tree.SetAcl(acl.Path, kept, acl.Version).Stat());
        }
    }

    /// <summary>When one operation is refused: results before it without error, after it RuntimeInconsistency.</summary>
    private MultiResponse Multi(MultiRequest request)
    {
        List<MultiResult> results = [];
        _tree.Begin();
        try
        {
            foreach (MultiOperation operation in request.Operations)
            {
                results.Add(Do(operation)); // One by one: how far it came says which one was refused.
            }

            state.Tell(_tree.Commit());
            return new MultiResponse(results);
        }
        catch (RefusedException refused)
        {
            _tree.Rollback();
            int culprit = results.Count;
            return new MultiResponse([.. request.Operations.Select((_, i) => new MultiResult(
                OpCode.Error,
                i < culprit ? ErrorCode.Ok : i == culprit ? refused.Code : ErrorCode.RuntimeInconsistency,
                null,
                null))]);
        }
    }

    private MultiResult Do(MultiOperation operation)
    {
        switch (operation)
        {
            case MultiOperation.Create create:
                Znode created = Create(new CreateRequest(create.Path, create.Content, create.Acl, create.Mode));
                return new MultiResult(OpCode.Create2, ErrorCode.Ok, created.Path, created.Stat());
            case MultiOperation.Delete delete:
                _tree.Delete(delete.Path, delete.Version, parent => Demand(parent, AclPermissions.Delete));
                return new MultiResult(OpCode.Delete, ErrorCode.Ok, null, null);
            case MultiOperation.SetContent set:
                return new MultiResult(OpCode.SetData, ErrorCode.Ok, null, SetContent(set.Path, set.Content, set.Version).Stat());
            case MultiOperation.Check check:
                Znode node = _tree.Get(check.Path);
                Demand(node, AclPermissions.Read);
                ZnodeTree.CheckVersion(node.Version, check.Version);
                return new MultiResult(OpCode.Check, ErrorCode.Ok, null, null);
            default:
                throw new RefusedException(ErrorCode.BadArguments);
        }
    }

    private Znode Create(CreateRequest request) => Create(
        request.Path,
        request.Content,
        request.Acl,
        request.Mode,
        request.Mode switch
        {
            CreateMode.Ephemeral or CreateMode.EphemeralSequential => session.Id.Value,
            CreateMode.Container => Znode.ContainerOwner,
            _ => 0,
        });

    private Znode Create(string path, ReadOnlyMemory<byte> content, IReadOnlyList<Acl> acl, CreateMode mode, long owner)
    {
        bool sequential = mode is CreateMode.PersistentSequential or CreateMode.EphemeralSequential
            or CreateMode.PersistentSequentialWithTtl;
        IReadOnlyList<Acl> kept = AccessCheck.Resolve(acl, connection.Identities);
        return _tree.Create(path, content, kept, owner, sequential, parent => Demand(parent, AclPermissions.Create));
    }

    private Znode SetContent(string path, ReadOnlyMemory<byte> content, int version)
    {
        Demand(_tree.Get(path), AclPermissions.Write);
        return _tree.SetContent(path, content, version);
    }

    private void Demand(Znode node, AclPermissions permission) =>
        AccessCheck.Demand(node, permission, connection.Identities);
}
