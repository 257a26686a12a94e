using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Lockstep.Manager.Web.Storage;

/// <summary>The manager's database.</summary>
internal static class StorageSetup
{
    /// <summary>File name of the database in the data directory.</summary>
    public const string FileName = "manager.db";

    /// <summary>Adds the database in a directory, which must exist.</summary>
    public static IServiceCollection AddManagerStorage(this IServiceCollection services, string directory)
    {
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(directory, FileName),
            ForeignKeys = true,
            DefaultTimeout = 30,
        }.ToString();
        return services.AddDbContextFactory<ManagerDbContext>(options => options.UseSqlite(connection))
            .AddSingleton<ProjectStorage>()
            .AddSingleton<GroupStorage>()
            .AddSingleton<FailoverStorage>()
            .AddSingleton<AccessStorage>();
    }

    /// <summary>Brings the database to the newest schema and into WAL mode, in which readers and a writer don't wait for each other.</summary>
    public static async Task MigrateStorageAsync(this IServiceProvider services, CancellationToken cancellation)
    {
        var factory = services.GetRequiredService<IDbContextFactory<ManagerDbContext>>();
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db.Database.MigrateAsync(cancellation);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancellation);
    }
}
