namespace Lockstep.ZooKeeper.Tests.Conformance;

/// <summary>Who may do what. Method: two clients, one with an identity.</summary>
public abstract class AccessConformance(ITestEnsemble ensemble) : EnsembleTest(ensemble)
{
    private static readonly AuthIdentity Alice = AuthIdentity.Digest("alice", "secret");

    [Fact]
    public async Task What_the_creator_alone_may_use_is_closed_to_others()
    {
        await Client.AddAuthAsync(Alice, Ct);
        await Client.CreateAsync("/a", Bytes("1"), acl: Acl.CreatorAll, cancellationToken: Ct);
        ZooKeeperClient other = await ConnectAsync();
        await FailsAsync(ErrorCode.NoAuth, other.GetDataAsync("/a", cancellationToken: Ct));
        await FailsAsync(ErrorCode.NoAuth, other.SetDataAsync("/a", Bytes("2"), -1, Ct));
        await FailsAsync(ErrorCode.NoAuth, other.CreateAsync("/a/b", cancellationToken: Ct));
        await FailsAsync(ErrorCode.NoAuth, other.GetChildrenAsync("/a", cancellationToken: Ct));
        await FailsAsync(ErrorCode.NoAuth, other.ExistsAsync("/a", cancellationToken: Ct));
        await other.AddAuthAsync(Alice, Ct);
        Assert.Equal("1", Text(await other.GetDataAsync("/a", cancellationToken: Ct)));
    }

    [Fact]
    public async Task Creator_all_needs_an_identity() =>
        await FailsAsync(ErrorCode.InvalidAcl, Client.CreateAsync("/a", acl: Acl.CreatorAll, cancellationToken: Ct));

    [Fact]
    public async Task A_digest_entry_is_that_of_the_server()
    {
        Acl[] acl = [Acl.Digest(AclPermissions.All, "alice", "secret"), .. Acl.ReadOnly];
        await Client.CreateAsync("/a", Bytes("1"), acl: acl, cancellationToken: Ct);
        await FailsAsync(ErrorCode.NoAuth, Client.SetDataAsync("/a", Bytes("2"), -1, Ct));
        Assert.Equal("1", Text(await Client.GetDataAsync("/a", cancellationToken: Ct)));
        ZooKeeperClient alice = await ConnectAsync(Options with { Identities = [Alice] });
        Assert.Equal(1, (await alice.SetDataAsync("/a", Bytes("2"), -1, Ct)).Version);
        Assert.Equal(2, (await alice.GetAclAsync("/a", Ct)).Acl.Count);
    }

    [Fact]
    public async Task An_access_list_can_be_changed_by_its_admin()
    {
        await Client.CreateAsync("/a", cancellationToken: Ct);
        Stat changed = await Client.SetAclAsync("/a", Acl.ReadOnly, 0, Ct);
        Assert.Equal(1, changed.Aversion);
        Assert.Equal(Acl.ReadOnly, (await Client.GetAclAsync("/a", Ct)).Acl);
        await FailsAsync(ErrorCode.NoAuth, Client.SetAclAsync("/a", Acl.Open, 1, Ct));
        await FailsAsync(ErrorCode.NoAuth, Client.SetDataAsync("/a", Bytes("1"), -1, Ct));
    }

    [Fact]
    public async Task A_refused_identity_ends_the_client()
    {
        ZooKeeperClient other = await ConnectAsync();
        await FailsAsync(ErrorCode.AuthFailed, other.AddAuthAsync(new AuthIdentity("unknown", Bytes("x")), Ct));
        Assert.Equal(SessionState.AuthFailed, other.State);
        await FailsAsync(ErrorCode.AuthFailed, other.ExistsAsync("/", cancellationToken: Ct));
    }
}

public sealed class AccessConformanceOfTheRealServer(RealEnsemble ensemble) : AccessConformance(ensemble);

public sealed class AccessConformanceOfTheInMemoryServer(InMemoryEnsemble ensemble) : AccessConformance(ensemble);
