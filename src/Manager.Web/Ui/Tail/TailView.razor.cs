using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Ui.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Lockstep.Manager.Web.Ui.Tail;

/// <summary>The live tail of rows: followed, paused, filtered; drawn in the browser, four times a second.</summary>
public partial class TailView : IAsyncDisposable
{
    /// <summary>Rows that the browser keeps; older ones leave it.</summary>
    public const int RingRows = 10_000;

    private static readonly int[] NewestChoices = [0, 200, 1_000, 5_000];
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly TailFeed _feed = new();
    private readonly RateMeter _meter = new();
    private readonly SemaphoreSlim _drawing = new(1, 1);
    private ElementReference _rows;
    private IJSObjectReference? _module;
    private IJSObjectReference? _view;
    private DotNetObjectReference<TailView>? _self;
    private ITimer? _timer;
    private CancellationTokenSource? _stop;
    private Task _reading = Task.CompletedTask;
    private string? _subject;
    private string? _error;
    private int _newest = 200;
    private long _sent;
    private double _rate;
    private bool _isFollowing = true;
    private bool _isDisposed;

    /// <summary>Whose output it is; the tail begins anew when it changes.</summary>
    [Parameter, EditorRequired]
    public string Subject { get; set; } = "";

    /// <summary>Where the rows come from.</summary>
    [Parameter, EditorRequired]
    public TailSource Source { get; set; } = null!;

    /// <summary>Failovers seen, for the words of the seams.</summary>
    [Parameter]
    public Func<IReadOnlyList<FailoverResource>> Failovers { get; set; } = () => [];

    /// <summary>The same as a command, shown in a menu; null for none.</summary>
    [Parameter]
    public string? Command { get; set; }

    /// <summary>First offset, from the address; null for the newest rows.</summary>
    [Parameter]
    public long? FromOffset { get; set; }

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private BrowserState Browser { get; set; } = null!;

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _module = await Js.InvokeAsync<IJSObjectReference>("import", "./_content/Lockstep.Assets/js/tail.js");
            _view = await _module.InvokeAsync<IJSObjectReference>("open", _rows, _self, RingRows);
            _timer = Time.CreateTimer(_ => OnTick(), null, Tick, Tick);
        }

        if (_view is not null && !string.Equals(_subject, Subject, StringComparison.Ordinal))
        {
            _subject = Subject;
            await StartAsync(FromOffset);
        }
    }

    /// <summary>tail.js: the user has scrolled away from the end, or back to it.</summary>
    [JSInvokable]
    public void Following(bool isFollowing)
    {
        _isFollowing = isFollowing;
        StateHasChanged();
    }

    private async Task StartAsync(long? offset)
    {
        await StopReadingAsync();
        _feed.Reset(offset is null ? _newest + TailFeed.MaxRowsPerTick : TailFeed.MaxHeld);
        _sent = 0;
        _error = null;
        if (_view is not null)
        {
            await _view.InvokeVoidAsync("clear");
        }

        Read(offset);
    }

    /// <summary>Goes on where it broke: the last row's offset again, repeats are dropped.</summary>
    private async Task RestartAsync()
    {
        await StopReadingAsync();
        _error = null;
        Read(_feed.ResumeOffset ?? FromOffset);
    }

    private void Read(long? offset)
    {
        _stop = new CancellationTokenSource();
        _reading = ReadAsync(offset, _stop.Token);
    }

    private async Task ReadAsync(long? offset, CancellationToken stop)
    {
        try
        {
            await foreach (var batch in Source(offset, _newest, stop).WithCancellation(stop))
            {
                _feed.Add(batch);
                _meter.Add(batch.Rows.Count + batch.Dropped);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped by this view itself.
        }
#pragma warning disable CA1031 // The outermost edge of the tail's own loop: the viewer is told and can go on from the same row.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            _error = failed.Message;
            await InvokeAsync(StateHasChanged);
        }
    }

    private void OnTick()
    {
        if (!Browser.IsHidden && !_isDisposed)
        {
            _ = InvokeAsync(DrawAsync);
        }
    }

    /// <summary>One tick: sends what is new; a tick that finds the one before still under way leaves it to the next.</summary>
    private async Task DrawAsync()
    {
        if (_isDisposed || _view is null || !await _drawing.WaitAsync(0))
        {
            return;
        }

        try
        {
            var entries = _feed.Drain(SeamWords, left => T["Tail.Gap", Figures.Count(left)]);
            var rate = _meter.PerSecond(Time.GetTimestamp(), Time.TimestampFrequency);
            if (entries.Count > 0)
            {
                _sent += entries.Count;
                await _view.InvokeVoidAsync("append", entries);
            }

            if (entries.Count > 0 || _feed.IsPaused || Math.Abs(rate - _rate) > 0.01)
            {
                _rate = rate;
                StateHasChanged();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser has left; disposal follows.
        }
        finally
        {
            _drawing.Release();
        }
    }

    private string SeamWords(OutputRow row, string before)
    {
        var known = Failovers().FirstOrDefault(f =>
            f.Epoch == row.Epoch && string.Equals(f.To, row.Member, StringComparison.Ordinal));
        var gap = known?.GapMs is { } ms ? " · " + Figures.Milliseconds(ms) : "";
        var word = T[known?.Cause == "switchover" ? "Tail.SeamSwitch" : "Tail.SeamFailover"];
        return string.Create(CultureInfo.InvariantCulture, $"{word.Value} {before} → {row.Member}{gap}");
    }

    private async Task FollowAsync()
    {
        if (_view is not null)
        {
            await _view.InvokeVoidAsync("follow", !_isFollowing);
        }
    }

    private void TogglePause()
    {
        if (_feed.IsPaused)
        {
            GoOn(true);
        }
        else
        {
            _feed.Pause();
        }
    }

    private void GoOn(bool isShowingHeld) => _feed.Continue(isShowingHeld);

    /// <summary>A new filter begins again at the newest rows, so that it shows something at once.</summary>
    private async Task FilterAsync(ChangeEventArgs e)
    {
        _feed.SetFilter((e.Value as string ?? "").Trim());
        await StartAsync(null);
    }

    private async Task FromAsync(ChangeEventArgs e)
    {
        _newest = int.Parse((string)e.Value!, CultureInfo.InvariantCulture);
        await StartAsync(null);
    }

    private async Task StopReadingAsync()
    {
        if (_stop is { } stop)
        {
            _stop = null;
            await stop.CancelAsync();
            await _reading;
            stop.Dispose();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        _timer?.Dispose();
        await StopReadingAsync();
        _self?.Dispose();
        try
        {
            if (_view is not null)
            {
                await _view.InvokeVoidAsync("dispose");
                await _view.DisposeAsync();
            }

            if (_module is not null)
            {
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser is gone and its modules with it.
        }

        _drawing.Dispose();
        GC.SuppressFinalize(this);
    }
}
