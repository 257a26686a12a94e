using Lockstep.Contracts.Api;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Lockstep.Manager.Web.Projects;

/// <summary>Publishes a model: by HTTP from the browser, not through the circuit.</summary>
public partial class UploadPanel : IAsyncDisposable
{
    private ElementReference _file;
    private IJSObjectReference? _module;
    private string _name = "";
    private string _bump = "minor";
    private string _notes = "";
    private bool _hasFile;
    private bool _isBusy;
    private string? _refusal;
    private VersionResource? _published;
    private IReadOnlyList<ProblemResource> _problems = [];

    /// <summary>The project; null: the form asks for its name.</summary>
    [Parameter]
    public string? Project { get; set; }

    /// <summary>A version has been published.</summary>
    [Parameter]
    public EventCallback OnPublished { get; set; }

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    private string Name => Project ?? _name.Trim();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
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

        GC.SuppressFinalize(this);
    }

    private async Task<IJSObjectReference> ModuleAsync() =>
        _module ??= await Js.InvokeAsync<IJSObjectReference>("import", "./_content/Lockstep.Assets/js/upload.js");

    private async Task NameAsync()
    {
        var module = await ModuleAsync();
        var name = await module.InvokeAsync<string>("nameOf", _file);
        _hasFile = name.Length > 0;
        (_refusal, _published, _problems) = (null, null, []);
        if (_name.Length == 0)
        {
            _name = name;
        }
    }

    private async Task PublishAsync()
    {
        (_isBusy, _refusal, _published, _problems) = (true, null, null, []);
        try
        {
            var module = await ModuleAsync();
            var answer = UploadAnswer.Of(await module.InvokeAsync<HttpAnswer>(
                "publish", _file, Name, _bump, _notes, T["Upload.Refused"].Value));
            (_published, _refusal, _problems) = (answer.Published, answer.Refusal, answer.Problems);
        }
        catch (JSException failed)
        {
            _refusal = failed.Message;
        }
        finally
        {
            _isBusy = false;
        }

        if (_published is not null)
        {
            await OnPublished.InvokeAsync();
        }
    }
}
