using Bunit;
using Lockstep.Manager.Web.Cluster;
using Lockstep.Manager.Web.Operations;
using Lockstep.Manager.Web.Ui;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;

namespace Lockstep.Manager.Web.Components.Tests;

/// <summary>What a component finds around it: texts, MudBlazor, fake time, one browser tab, and the real stores.</summary>
public abstract class ConsoleContext : BunitContext
{
    protected ConsoleContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging();
        Services.AddLocalization();
        Services.AddMudServices();
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddSingleton(Browser);
        Services.AddSingleton(Store);
        Services.AddSingleton(Operations);
        Services.AddSingleton<FailoverRecorder>();
        Services.AddSingleton<RateHistory>();
    }

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    internal BrowserState Browser { get; } = new();

    internal ClusterStateStore Store => _store ??= new ClusterStateStore(Time);

    internal OperationStore Operations => _operations ??= MakeOperations();

    private ClusterStateStore? _store;
    private OperationStore? _operations;

    private OperationStore MakeOperations() =>
        ActivatorUtilities.CreateInstance<OperationStore>(new ServiceCollection().AddSingleton<TimeProvider>(Time).BuildServiceProvider());
}
