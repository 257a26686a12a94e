using System.Reflection;
using Lockstep.TestKit;
using Xunit.Sdk;
using Xunit.v3;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>Which modes of a row run in the quick half.</summary>
[Flags]
internal enum Quick
{
    /// <summary>None: the row runs only with <c>scripts/run-faults.sh</c>.</summary>
    None = 0,

    /// <summary>Kafka 4.</summary>
    Kraft = 1,

    /// <summary>Kafka 3.9 in ZooKeeper mode.</summary>
    ZooKeeper = 2,

    /// <summary>Both.</summary>
    Both = Kraft | ZooKeeper,
}

/// <summary>
/// A row of docs/failover.md as a test, run in both modes: the method gets the <see cref="KafkaMode"/>. Traits: <c>Row</c> is
/// the row's name, <c>Mode</c> is kraft or zk, <c>Tier</c> is quick or full; scripts choose by them.
/// </summary>
/// <param name="row">The row's name, as in the report and in the table.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FaultRowAttribute(string row) : DataAttribute
{
    /// <summary>The row's name.</summary>
    public string Row { get; } = row;

    /// <summary>Which modes run in the quick half.</summary>
    public Quick Quick { get; init; } = Quick.Kraft;

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([RowOf(KafkaMode.Kraft, Quick.Kraft), RowOf(KafkaMode.ZooKeeper, Quick.ZooKeeper)]);

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;

    private TheoryDataRow<KafkaMode> RowOf(KafkaMode mode, Quick half) => new TheoryDataRow<KafkaMode>(mode)
        .WithTrait("Row", Row)
        .WithTrait("Mode", ResultFile.NameOf(mode))
        .WithTrait("Tier", Quick.HasFlag(half) ? "quick" : "full");
}
