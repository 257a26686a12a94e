using Lockstep.Manager.Web;
using Lockstep.Manager.Web.Storage;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddManagerStorage(Directory.CreateDirectory("lockstep-data").FullName);
builder.Services.AddManagerServices();
await using var app = builder.Build();
await app.Services.MigrateStorageAsync(CancellationToken.None);
await app.RunAsync();
