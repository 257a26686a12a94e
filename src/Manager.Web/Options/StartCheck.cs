namespace Lockstep.Manager.Web.Options;

/// <summary>What is settled before anything starts.</summary>
internal static class StartCheck
{
    /// <summary>Exit code for bad options.</summary>
    public const int BadOptions = 2;

    /// <summary>Builds the host's builder from the command line; prints every problem at once.</summary>
    /// <returns>The builder with the options, or the exit code to end with.</returns>
    public static async Task<(WebApplicationBuilder? Builder, ManagerOptions? Options, int ExitCode)> BeginAsync(string[] args)
    {
        var (normal, wrong) = CommandLine.Normalize(args);
        if (normal.Contains("--help=true"))
        {
            await Console.Out.WriteLineAsync(CommandLine.Usage);
            return (null, null, 0);
        }

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = normal,
            ContentRootPath = AppContext.BaseDirectory,
        });
        if (builder.Configuration["check-health"] is { } address)
        {
            return (null, null, await HealthProbe.RunAsync(address));
        }

        var (options, problems) = ManagerOptions.Parse(
            name => builder.Configuration[name] ?? Environment.GetEnvironmentVariable(CommandLine.VariableOf(name)));
        foreach (var problem in wrong.Concat(problems))
        {
            await Console.Error.WriteLineAsync(problem);
        }

        if (wrong.Count + problems.Count > 0)
        {
            return (null, null, BadOptions);
        }

        Prepare(builder, options);
        return (builder, options, 0);
    }

    private static void Prepare(WebApplicationBuilder builder, ManagerOptions options)
    {
        // Tokens and members' files lie here: nobody else may look.
        Directory.CreateDirectory(
            options.DataFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        builder.Configuration["urls"] = options.Urls;
        // A request's line may hold the login token; these categories would print it.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        // A name that is taken is an answer (409), not an error; what else fails is thrown and logged by who called.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Update", LogLevel.None);
        builder.Logging.AddFilter("Lockstep.Manager.Web.Security.KeyAuthentication", LogLevel.Warning);
        // Keys lie in a folder that only this user can read; there is no wwwroot beside a build, assets come by their manifest.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.AspNetCore.StaticFiles", LogLevel.Error);
        builder.WebHost.UseStaticWebAssets();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.UseUtcTimestamp = true;
        });
        if (builder.Configuration["AllowedHosts"] is null && OnlyLoopback(options.Urls))
        {
            // A page of another site that resolves its name to 127.0.0.1 is refused by its Host header.
            builder.Configuration["AllowedHosts"] = "localhost;127.0.0.1;[::1]";
        }

        builder.Services.AddSingleton(options);
    }

    private static bool OnlyLoopback(string urls) =>
        urls.Split(';').All(url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsLoopback);
}
