using Lockstep.Manager.Web;
using Lockstep.Manager.Web.Api;
using Lockstep.Manager.Web.Hubs;
using Lockstep.Manager.Web.Options;
using Lockstep.Manager.Web.Security;
using Lockstep.Manager.Web.Storage;
using Lockstep.Manager.Web.Ui;

var (builder, options, exitCode) = await StartCheck.BeginAsync(args);
if (builder is null || options is null)
{
    return exitCode;
}

builder.Services
    .AddManagerStorage(options.DataFolder)
    .AddManagerSecurity(options)
    .AddManagerServices()
    .AddManagerApi()
    .AddManagerHubs()
    .AddManagerHealth()
    .AddConsole();

await using var app = builder.Build();
app.UseManagerApi();
app.UseManagerSecurity();
app.UseMiddleware<Idempotency>();
app.MapLogin();
app.MapManagerApi();
app.MapManagerHubs();
app.MapManagerHealth();
app.MapConsoleUi();

var token = await app.LoadAsync(CancellationToken.None);
return await app.ServeAsync(token);
