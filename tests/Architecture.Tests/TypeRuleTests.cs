using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Lockstep.Architecture.Tests;

/// <summary>Rules about types that project references alone cannot express.</summary>
public sealed class TypeRuleTests
{
    private static readonly ArchUnitNET.Domain.Architecture Product = new ArchLoader().LoadAssemblies(
        System.Reflection.Assembly.Load("Lockstep.Contracts"),
        System.Reflection.Assembly.Load("Lockstep.Engine"),
        System.Reflection.Assembly.Load("Lockstep.Failover"),
        System.Reflection.Assembly.Load("Lockstep.ZooKeeper"),
        System.Reflection.Assembly.Load("Lockstep.Kafka"),
        System.Reflection.Assembly.Load("Lockstep.Connectors"),
        System.Reflection.Assembly.Load("Lockstep.Manager.Web")).Build();

    [Fact]
    public void Only_the_kafka_project_depends_on_the_kafka_client() =>
        Types().That().DoNotResideInNamespaceMatching(@"^Lockstep\.Kafka")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^Confluent\.Kafka")
            .Check(Product);

    [Fact]
    public void Only_storage_sees_the_database() =>
        Types().That().ResideInNamespaceMatching(@"^Lockstep").And().DoNotResideInNamespaceMatching(@"^Lockstep\.Manager\.Web\.Storage")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^Microsoft\.EntityFrameworkCore")
            .Check(Product);

    [Fact]
    public void Shared_components_know_no_feature() =>
        Types().That().ResideInNamespaceMatching(@"^Lockstep\.Manager\.Web\.Ui")
            .Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^Lockstep\.Manager\.Web\.(Projects|Deployments|Output|Cluster|Storage)")
            .Check(Product);
}
