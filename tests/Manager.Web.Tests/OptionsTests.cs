using Lockstep.Manager.Web.Options;

namespace Lockstep.Manager.Web.Tests;

/// <summary>Options: normal form of the command line, and every problem at once.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void The_command_line_is_brought_into_one_form_and_what_is_unknown_is_named()
    {
        var (arguments, problems) = CommandLine.Normalize(["--demo", "--urls", "http://127.0.0.1:0", "--data=/tmp/x", "--colour", "--kafka"]);
        Assert.Equal(["--demo=true", "--urls=http://127.0.0.1:0", "--data=/tmp/x"], arguments);
        Assert.Equal(["'--colour' is not an option; see --help.", "--kafka needs a value; see --help."], problems);
    }

    [Fact]
    public void All_problems_come_at_once()
    {
        var given = new Dictionary<string, string>
        {
            ["demo"] = "perhaps",
            ["demo-rate"] = "0",
            ["kafka"] = "localhost:9092",
            ["urls"] = "ftp://x",
            ["session-timeout-ms"] = "99",
            ["admin-token"] = "short",
            ["worker"] = "/no/such/file",
            ["model-files"] = "/;/no/such/folder",
        };
        var (_, problems) = ManagerOptions.Parse(given.GetValueOrDefault);
        Assert.Equal(8, problems.Count);
    }

    [Fact]
    public void Without_options_it_listens_on_loopback_with_an_embedded_cluster()
    {
        var (options, problems) = ManagerOptions.Parse(_ => null);
        Assert.Empty(problems);
        Assert.Equal(ManagerOptions.DefaultUrls, options.Urls);
        Assert.True(options.IsEmbedded);
        Assert.Equal(ManagerOptions.EmbeddedSessionTimeoutMs, options.SessionTimeoutMs);
        Assert.False(options.IsDemo);
        Assert.Equal(["--granted-files-only"], options.ModelFileArguments);
    }

    [Fact]
    public void Workers_are_granted_the_folders_of_model_files_and_no_other()
    {
        var folder = Path.GetTempPath();
        var (options, problems) = ManagerOptions.Parse(name => name == "model-files" ? $"{folder};." : null);
        Assert.Empty(problems);
        Assert.Equal(
            ["--granted-files-only", "--model-files", folder, "--model-files", Directory.GetCurrentDirectory()], options.ModelFileArguments);
    }
}
