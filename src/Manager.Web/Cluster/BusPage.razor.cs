using Lockstep.Contracts.Api;
using Lockstep.Kafka;
using Microsoft.AspNetCore.Components;

namespace Lockstep.Manager.Web.Cluster;

/// <summary>Topics of the groups and znodes of their elections; read-only.</summary>
public partial class BusPage
{
    private static readonly TimeSpan TopicsInterval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<TopicResource>? _topics;
    private string? _error;
    private long _reads;

    /// <summary>Either source may have moved.</summary>
    protected override long Version => Znodes.Current.Version + _reads;

    [Inject]
    private ZnodeWatcher Znodes { get; set; } = null!;

    [Inject]
    private TopicCatalog Topics { get; set; } = null!;

    /// <inheritdoc />
    protected override IDisposable Subscribe(Action changed) => Znodes.Subscribe(changed);

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        using var timer = new PeriodicTimer(TopicsInterval, Time);
        try
        {
            do
            {
                if (!Browser.IsHidden)
                {
                    await LoadAsync();
                }
            }
            while (await timer.WaitForNextTickAsync(_gone.Token));
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page is gone.
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _gone.Cancel();
        base.Dispose(disposing);
        _gone.Dispose();
    }

    private async Task LoadAsync()
    {
        try
        {
            _topics = await Topics.ListAsync(_gone.Token);
            _error = null;
        }
        catch (KafkaFaultException away)
        {
            _error = away.Message;
        }

        _reads++;
        Redraw();
    }
}
