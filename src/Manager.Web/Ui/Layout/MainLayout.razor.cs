using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using MudBlazor;

namespace Lockstep.Manager.Web.Ui.Layout;

/// <summary>The frame of every page: bar, rail, content, docks.</summary>
public partial class MainLayout
{
    private ErrorBoundary? _boundary;
    private IJSObjectReference? _frame;
    private DotNetObjectReference<BrowserState>? _browser;
    private DotNetObjectReference<MainLayout>? _self;

    /// <summary>Set by the router.</summary>
    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private string ThemeLabel => T[Browser.IsDark ? "Frame.ToLight" : "Frame.ToDark"];

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        Browser.AppearanceChanged += OnAppearanceChanged;
        Navigation.LocationChanged += OnLocationChanged;
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        _browser = DotNetObjectReference.Create(Browser);
        _self = DotNetObjectReference.Create(this);
        _frame = await Js.InvokeAsync<IJSObjectReference>("import", "./_content/Lockstep.Assets/js/frame.js");
        await _frame.InvokeVoidAsync("start", _browser, _self);
    }

    /// <summary>keys.js: the question mark.</summary>
    [JSInvokable]
    public Task ShowHelpAsync() => InvokeAsync(() => Dialogs.ShowAsync<KeysHelp>(
        T["Keys.Title"], new DialogOptions { CloseButton = true, CloseOnEscapeKey = true, MaxWidth = MaxWidth.ExtraSmall, FullWidth = true }));

    private async Task ToggleThemeAsync()
    {
        if (_frame is not null)
        {
            await _frame.InvokeVoidAsync("setTheme", Browser.IsDark ? "light" : "dark");
        }
    }

    private void OnAppearanceChanged() => _ = InvokeAsync(StateHasChanged);

    /// <summary>A page that failed does not follow the user to the next page.</summary>
    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) => _ = InvokeAsync(() => _boundary?.Recover());

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Browser.AppearanceChanged -= OnAppearanceChanged;
        Navigation.LocationChanged -= OnLocationChanged;
        _browser?.Dispose();
        _self?.Dispose();
        if (_frame is not null)
        {
            try
            {
                await _frame.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The browser is gone and its module with it.
            }
        }

        GC.SuppressFinalize(this);
    }
}
