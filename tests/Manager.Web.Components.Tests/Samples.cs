using Lockstep.Contracts.Api;
using Lockstep.Contracts.Failover;

namespace Lockstep.Manager.Web.Components.Tests;

/// <summary>Resources as the manager gives them, for a group of two inputs, two engines and an output.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static MemberResource Member(
        string name = "engine-a", string group = "engines", MemberRole? role = MemberRole.Active,
        MemberState state = MemberState.Running, string? znode = "/ESP/demo/server-n_0000000018", string? watched = null,
        long behind = 0, bool agrees = true, double? age = 0.2, double rate = 812, string? reason = null) => new(
            name, group, role, state, reason, 4711, znode, watched, 1_204_118, behind, "1.0", "3f9a1c77aa", agrees, rate, 4,
            Now.AddMinutes(-131), age, "http://127.0.0.1:1");

    public static GroupResource Group(string name = "demo", params MemberResource[] members) => new()
    {
        Name = name,
        Summary = $"{name}: engine-a ACTIVE, engine-b STANDBY.",
        Project = "trades",
        Version = "1.2",
        Desired = "started",
        Members = members.Length > 0 ? members : Five(),
        Ledger = new LedgerResource(0, 0, "0:4711", 4711, 4711),
        Readiness = new ReadinessResource(true, []),
        Failovers = 0,
        Topics = ["h:1.demo.cq.trades.I", "h:1.demo.cq.totals.O", "h:1.demo.J"],
        InputFile = "/data/trades.csv",
        OutputFile = "/data/totals.csv",
        CreatedAt = Now.AddHours(-2),
        Bus = "Embedded bus.",
    };

    public static MemberResource[] Five() =>
    [
        Member("input-1", "inputs", znode: "/ESP/adapters/in/server-n_0000000004"),
        Member("input-2", "inputs", MemberRole.Standby, znode: "/ESP/adapters/in/server-n_0000000005",
            watched: "/ESP/adapters/in/server-n_0000000004", rate: 0),
        Member(),
        Member("engine-b", role: MemberRole.Standby, znode: "/ESP/demo/server-n_0000000019",
            watched: "/ESP/demo/server-n_0000000018", behind: 3),
        Member("output-1", "outputs", null, znode: null),
    ];

    public static OutputRow Row(long offset, string member = "engine-a", string text = "I,N,1,2.5", int index = 0, long epoch = 7) =>
        new(offset, index, Now, member, epoch, offset, $"0:{offset}", text);
}
