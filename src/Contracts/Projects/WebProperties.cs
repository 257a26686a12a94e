using System.Collections.Immutable;
using Lockstep.Contracts.Projects.Secrets;

namespace Lockstep.Contracts.Projects;

/// <summary>Properties of the connectors that fetch texts and make events of them by functions.</summary>
internal static class WebProperties
{
    private static readonly ImmutableArray<ConnectorProperty> Shared =
    [
        new("type", PropertyKind.Text, "pub"),
        new("properties", PropertyKind.Text, "values of @NAME@ in the configuration, NAME=value separated by semicolons", PropertyUse.Publish)
        {
            Secret = SecretForm.Settings,
        },
        new("config", PropertyKind.Text, "the configuration itself", PropertyUse.Publish) { Secret = SecretForm.Document },
        new("maxevents", PropertyKind.Number, "events after which the publisher ends", PropertyUse.Publish),
        new("blocksize", PropertyKind.Number, "events in a block; all of an answer without it", PropertyUse.Publish),
        new("transactional", PropertyKind.Flag, "one bad event throws its block away", PropertyUse.Publish),
        new("publishwithupsert", PropertyKind.Flag, "inserts become upserts", PropertyUse.Publish),
        new("configfilesection", PropertyKind.NoEffect, "properties stand in the model"),
    ];

    /// <summary>Class url.</summary>
    public static ImmutableArray<ConnectorProperty> Url { get; } =
    [
        .. Shared,
        new("configUrl", PropertyKind.Text, "file of the configuration, when it does not stand in the model", PropertyUse.Publish),
        new("interval", PropertyKind.Text, "time between two rounds of requests; 10 seconds without it", PropertyUse.Publish),
    ];

    /// <summary>Class websocket.</summary>
    public static ImmutableArray<ConnectorProperty> WebSocket { get; } =
    [
        .. Shared,
        new("url", PropertyKind.Text, "the server: ws or wss", PropertyUse.Publish, IsRequired: true),
        new("configUrl", PropertyKind.Text, "file of the configuration, when it does not stand in the model", PropertyUse.Publish),
        new("contentType", PropertyKind.Text, "what messages hold; functions tell by themselves", PropertyUse.Publish),
        new("sslCertificate", PropertyKind.Text, "file of a certificate (PEM) that is trusted too", PropertyUse.Publish),
        new("requestHeaders", PropertyKind.Text, "headers of the request, Name: value separated by semicolons", PropertyUse.Publish)
        {
            Secret = SecretForm.Headers,
        },
    ];
}
