using Lockstep.Engine.Worker.Options;

namespace Lockstep.Engine.Worker.Tests;

/// <summary>The command line: what is understood, and that everything wrong is said at once.</summary>
public sealed class WorkerArgumentsTests
{
    [Fact]
    public void Settings_come_from_the_environment_too_and_the_command_line_wins()
    {
        var variables = new Dictionary<string, string> { ["LOCKSTEP_SET_A"] = "1", ["LOCKSTEP_SET_B"] = "2", ["LOCKSTEP_SET_"] = "3", ["C"] = "4" };
        var (options, _) = WorkerArguments.Parse(["run", "m.xml", "--set", "B=9"], variables);
        Assert.Equal([("A", "1"), ("B", "9")], options!.Settings.Select(s => (s.Key, s.Value)));
    }

    [Fact]
    public void Every_option_of_run_is_understood_in_both_forms()
    {
        var (options, errors) = WorkerArguments.Parse(
        [
            "run", "m.xml", "--set", "A=1", "--set=B=x=y", "--map-host", "vm=127.0.0.1", "--map-path=/mnt=/data", "--kafka", "k:1",
            "--zookeeper=z:2", "--until-finished", "--group", "g", "--member", "m-1", "--version", "1.2", "--data", "/tmp/d",
            "--urls", "http://127.0.0.1:0", "--manager", "http://127.0.0.1:9", "--supervisor-socket", "/s", "--replication", "3",
            "--session-timeout-ms=400", "--clock-offset-s=-3600",
        ]);
        Assert.Empty(errors);
        Assert.Equal("m.xml", options!.Model);
        Assert.Equal(("1", "x=y"), (options.Settings["A"], options.Settings["B"]));
        Assert.Equal("127.0.0.1:9092", options.Substitutions with { Kafka = null } is var s ? s.KafkaServers("vm:9092") : "");
        Assert.Equal("/data/x", options.Substitutions.PathOf("/mnt/x"));
        Assert.Equal(("k:1", "z:2"), (options.Substitutions.KafkaServers("a"), options.Substitutions.ZooKeeperServers("b")));
        Assert.True(options.UntilFinished);
        Assert.Equal(("g", "m-1", "1.2", "/tmp/d", "/s"),
            (options.Group, options.Member, options.Version, options.DataFolder, options.SupervisorSocket));
        Assert.Equal(((short)3, "http://127.0.0.1:9/"), (options.Replication, options.Manager!.ToString()));
        Assert.Equal((TimeSpan.FromMilliseconds(400), TimeSpan.FromHours(-1)), (options.SessionTimeout, options.ClockOffset));
    }

    [Fact]
    public void All_errors_come_back_together()
    {
        var (options, errors) = WorkerArguments.Parse(
        [
            "run", "--bogus", "x", "--set", "novalue", "--manager=ftp", "--replication", "0", "--session-timeout-ms=99",
            "--clock-offset-s", "1h", "--group",
        ]);
        Assert.Null(options);
        Assert.Equal(
            [
                "Unknown option '--bogus'.",
                "Option '--set': 'novalue' is not of the form A=B.",
                "Option '--manager': 'ftp' is not an http address.",
                "Option '--replication': '0' is not a whole number above 0.",
                "Option '--session-timeout-ms': '99' is not a number from 100 to 60000.",
                "Option '--clock-offset-s': '1h' is not a number of seconds from -86400 to 86400.",
                "Option '--group' needs a value.",
                "The model file is missing.",
            ],
            errors);
    }

    [Theory]
    [InlineData("A command is missing: run, validate or diagram.")]
    [InlineData("'start' is not a command: run, validate or diagram.", "start", "m.xml")]
    [InlineData("One model file is expected, but there is also 'b.xml'.", "run", "a.xml", "b.xml")]
    public void A_wrong_command_is_named(string expected, params string[] args) =>
        Assert.Equal([expected], WorkerArguments.Parse(args).Errors);

    [Fact]
    public void Header_and_dateformat_belong_to_the_file_before_them()
    {
        var (options, errors) = WorkerArguments.Parse(
        [
            "run", "m.xml", "--out", "o", "--events", "cq/a=x.csv", "--header", "2", "--events=b=y=z.json", "--dateformat", "%Y-%m-%d %H:%M:%S",
            "--events", "a=w.xml", "--no-connectors", "--until-finished", "--linger", "35s",
        ]);
        Assert.Empty(errors);
        Assert.Equal(("o", true, (TimeSpan?)TimeSpan.FromSeconds(35)), (options!.Out, options.NoConnectors, options.Linger));
        Assert.Equal(
            [
                new EventFile("cq/a", "x.csv") { Header = "2" },
                new EventFile("b", "y=z.json") { DateFormat = "%Y-%m-%d %H:%M:%S" },
                new EventFile("a", "w.xml"),
            ],
            options.Events);
    }

    [Theory]
    [InlineData("Option '--header' stands behind the '--events' whose file it is about.", "--header", "1", "--events", "a=x.csv")]
    [InlineData("Option '--header': 'x' is not a number of lines.", "--events", "a=x.csv", "--header", "x")]
    [InlineData("Option '--events': 'x.csv' is not of the form A=B.", "--events", "x.csv")]
    [InlineData("Option '--linger': 'soon' is not a time, as 35s, 500ms or 2min.", "--linger", "soon")]
    public void What_is_wrong_with_the_options_of_a_file_is_said(string expected, params string[] args) =>
        Assert.Equal([expected], WorkerArguments.Parse(["run", "m.xml", .. args]).Errors);

    [Fact]
    public void Help_is_a_command_of_its_own() =>
        Assert.Equal(WorkerCommand.Help, WorkerArguments.Parse(["run", "--help"]).Options!.Command);

    [Fact]
    public void A_shadow_takes_the_version_before_and_what_was_decided()
    {
        var (options, errors) = WorkerArguments.Parse(
        [
            "run", "new.xml", "--role", "shadow", "--former", "old.xml", "--start-empty", "cq/a", "--start-empty=cq/b", "--keep-state", "*",
        ]);
        Assert.Empty(errors);
        Assert.Equal((true, "old.xml"), (options!.IsShadow, options.Former));
        Assert.Equal(["cq/a", "cq/b"], options.Choices.Empty);
        Assert.Equal(["*"], options.Choices.Keep);
    }

    [Theory]
    [InlineData("--role=leader", "'leader' is not a role")]
    [InlineData("--former=old.xml", "need '--role shadow'")]
    [InlineData("--start-empty=*", "need '--role shadow'")]
    public void Roles_and_what_needs_one_are_checked(string argument, string expected) => Assert.Contains(
        expected, Assert.Single(WorkerArguments.Parse(["run", "m.xml", argument]).Errors), StringComparison.Ordinal);
}
