using Lockstep.Contracts.Api;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace Lockstep.Manager.Web.Failovers;

/// <summary>One failover: how long each part took, what happened to znodes and logs, and what it did to the output.</summary>
public partial class FailoverReportPage : IAsyncDisposable
{
    private FailoverReportResource? _report;
    private IJSObjectReference? _module;
    private bool _isLoaded;
    private (string Name, int Number) _shown;

    /// <summary>The group, from the address.</summary>
    [Parameter]
    public string Name { get; set; } = "";

    /// <summary>The failover, from the address.</summary>
    [Parameter]
    public int Number { get; set; }

    /// <inheritdoc />
    protected override long Version => Reports.Version;

    /// <inheritdoc />
    protected override TimeSpan MinimumInterval => TimeSpan.FromSeconds(1);

    [Inject]
    private FailoverReports Reports { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    private string GroupAddress => $"/groups/{Uri.EscapeDataString(Name)}";

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Dispose();
        GC.SuppressFinalize(this);
        if (_module is not null)
        {
            try
            {
                await _module.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The browser is gone and its module with it.
            }
        }
    }

    /// <inheritdoc />
    protected override IDisposable Subscribe(Action changed) => Reports.Subscribe(changed);

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (_shown != (Name, Number))
        {
            _shown = (Name, Number);
            await LoadAsync();
            Redraw();
        }
    }

    /// <inheritdoc />
    protected override Task BeforeDrawAsync() => _report is { IsComplete: true } ? Task.CompletedTask : LoadAsync();

    private async Task LoadAsync()
    {
        _report = await Reports.FindAsync(Name, Number, CancellationToken.None);
        _isLoaded = true;
    }

    private async Task CopyAsync()
    {
        if (_report is null)
        {
            return;
        }

        _module ??= await Js.InvokeAsync<IJSObjectReference>("import", "./_content/Lockstep.Assets/js/copy.js");
        var isCopied = await _module.InvokeAsync<bool>("copy", ReportMarkdown.Of(_report));
        Snackbar.Add(T[isCopied ? "Report.Copied" : "Report.NotCopied"], isCopied ? Severity.Success : Severity.Warning);
    }
}
