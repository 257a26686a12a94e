using System.Globalization;
using Lockstep.Contracts.Api;
using Lockstep.Kafka;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Ui;
using Microsoft.AspNetCore.Components;

namespace Lockstep.Manager.Web.Retention;

/// <summary>A group's retention: the last look, and a new one when asked.</summary>
public partial class RetentionPanel
{
    private RetentionResource? _found;
    private bool _isAway;
    private bool _isBusy;

    /// <summary>The group.</summary>
    [Parameter, EditorRequired]
    public string Group { get; set; } = "";

    [Inject]
    private RetentionWatch Watch { get; set; } = null!;

    [Inject]
    private DeploymentStore Store { get; set; } = null!;

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        _found = Watch.Of(Group)?.Resource;
        if (_found is null)
        {
            await LookAsync();
        }
    }

    private async Task LookAsync()
    {
        if (!Store.Groups.TryGetValue(Group, out var record))
        {
            return;
        }

        _isBusy = true;
        try
        {
            _found = await Watch.LookAsync(record.Spec, CancellationToken.None);
            _isAway = _found is null;
        }
        catch (KafkaFaultException)
        {
            _isAway = true;
        }

        _isBusy = false;
    }

    private static string Span(double? minutes, string none) => minutes is { } given ? Figures.Span(TimeSpan.FromSeconds(Math.Round(given * 60))) : none;

    private static string Bytes(long? bytes) => bytes switch
    {
        null => "–",
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        < 1024L * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.#} GiB"),
    };
}
