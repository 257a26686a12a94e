using System.Text;
using Lockstep.Contracts.Api;
using Lockstep.Manager.Web.Deployments;
using Lockstep.Manager.Web.Options;
using Lockstep.Manager.Web.Projects;

namespace Lockstep.Manager.Web.Demo;

/// <summary>Publishes the sample sum20 and deploys it as group <c>demo</c>, unless both are there already.</summary>
internal sealed partial class DemoDeployment(
    ManagerOptions options, ProjectCatalog projects, GroupDeployments deployments, ILogger<DemoDeployment> logger)
{
    /// <summary>Name of the project.</summary>
    public const string Project = "sum20";

    /// <summary>Name of the group.</summary>
    public const string Group = "demo";

    private const string Actor = "demo";

    /// <summary>The sample's XML.</summary>
    public static string Model()
    {
        using var stream = typeof(DemoDeployment).Assembly.GetManifestResourceStream("sum20.xml")
            ?? throw new InvalidOperationException("The sample sum20 is not built into the program.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Deploys it; used by <c>--demo</c> and by the console's button.</summary>
    /// <returns>False: it was refused, for a reason that is logged.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        DemoFeed.Prepare(options);
        if (await projects.FindAsync(Project, cancellation) is null)
        {
            await projects.CreateAsync(
                new CreateProjectRequest(Project, "Sum over the last 20 rows, in a group of two engines."), cancellation);
        }

        if ((await projects.FindAsync(Project, cancellation))?.LatestVersion is null)
        {
            var published = await projects.PublishAsync(
                Project, new PublishVersionRequest(Model(), Notes: "The sample."), Actor, cancellation);
            if (published.Refusal is { } refused)
            {
                LogRefused(logger, $"{refused.Message} {string.Join(' ', refused.Problems.Select(p => p.Message))}");
                return false;
            }
        }

        var begun = await deployments.CreateAsync(
            new CreateGroupRequest
            {
                Name = Group,
                Project = Project,
                InputFile = DemoFeed.FileOf(options),
                OutputFile = Path.Combine(options.DataFolder, "demo", "output.csv"),
                InputHeaderLines = 1,
            },
            Actor, cancellation);
        if (begun.Refusal is { Code: not "groupExists" } refusal)
        {
            LogRefused(logger, $"{refusal.Message} {string.Join(' ', refusal.Problems.Select(p => p.Message))}");
            return false;
        }

        return true;
    }

    [LoggerMessage(EventId = 6901, Level = LogLevel.Error, Message = "The demo could not be deployed: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
