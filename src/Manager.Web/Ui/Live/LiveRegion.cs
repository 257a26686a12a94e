using Microsoft.AspNetCore.Components;

namespace Lockstep.Manager.Web.Ui.Live;

/// <summary>
/// A component that shows something that changes by itself. It draws on a clock and not on events: any number of changes
/// within <see cref="MinimumInterval"/> make one draw, a hidden tab makes none, and nothing is drawn unless
/// <see cref="Version"/> has moved or the parent has set parameters. After disposal nothing happens any more.
/// </summary>
public abstract class LiveRegion : ComponentBase, IDisposable
{
    private readonly Lock _gate = new();
    private IDisposable? _subscription;
    private ITimer? _timer;
    private long _lastDraw = long.MinValue;
    private bool _isScheduled;
    private bool _isDisposed;
    private long _drawnVersion = long.MinValue;
    private bool _isAsked;
    private bool _hasParameters;

    /// <summary>Time comes from here.</summary>
    [Inject]
    protected TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>What the browser has told: a hidden tab is not drawn.</summary>
    [Inject]
    protected BrowserState Browser { get; set; } = new();

    /// <summary>Shortest time between two draws; 4 a second.</summary>
    protected virtual TimeSpan MinimumInterval => TimeSpan.FromMilliseconds(250);

    /// <summary>Grows when there is something new to draw.</summary>
    protected abstract long Version { get; }

    /// <summary>Begins to listen: calls <paramref name="changed"/> on any thread; the result ends it.</summary>
    protected abstract IDisposable Subscribe(Action changed);

    /// <summary>Called on the component's own context just before a draw that a change has caused.</summary>
    protected virtual Task BeforeDrawAsync() => Task.CompletedTask;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        var own = Subscribe(OnChanged);
        Browser.VisibilityChanged += OnChanged;
        lock (_gate)
        {
            _subscription = own;
            _timer = Time.CreateTimer(_ => Draw(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        _isAsked = _hasParameters;
        if (!_hasParameters)
        {
            // The first draw comes without being asked for: ShouldRender has no say in it.
            _hasParameters = true;
            _drawnVersion = Version;
        }
    }

    /// <summary>Draws at the next chance though no version has moved: the component's own state has changed.</summary>
    protected void Redraw()
    {
        _isAsked = true;
        StateHasChanged();
    }

    /// <inheritdoc />
    protected override bool ShouldRender()
    {
        var version = Version;
        if (!_isAsked && version == _drawnVersion)
        {
            return false;
        }

        _isAsked = false;
        _drawnVersion = version;
        return true;
    }

    private void OnChanged()
    {
        lock (_gate)
        {
            if (_isDisposed || _isScheduled || _timer is null || Browser.IsHidden)
            {
                return;
            }

            _isScheduled = true;
            var wait = _lastDraw == long.MinValue ? TimeSpan.Zero : MinimumInterval - Time.GetElapsedTime(_lastDraw);
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void Draw()
    {
        lock (_gate)
        {
            _isScheduled = false;
            if (_isDisposed)
            {
                return;
            }

            _lastDraw = Time.GetTimestamp();
        }

        _ = InvokeAsync(DrawAsync).ContinueWith(
            done => DispatchExceptionAsync(done.Exception!.GetBaseException()),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task DrawAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        await BeforeDrawAsync();
        StateHasChanged();
    }

    /// <summary>Ends the subscription; safe to call twice.</summary>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _timer?.Dispose();
        }

        Browser.VisibilityChanged -= OnChanged;
        _subscription?.Dispose();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }
}
