using Lockstep.Contracts.Projects;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>Goal: what cannot change a result keeps no model from running. Method: models as they are published, problems out.</summary>
public sealed class LenientXmlTests
{
    private static readonly ProjectReadOptions Running = new() { TokensRequired = true };

    [Theory]
    [InlineData("<connector class='mqtt' name='c' active='false'><properties><property name='type'>sub</property>"
        + "<property name='mqtthost'>@BROKER@</property></properties></connector>")]
    [InlineData("<connector class='nosuch' name='c' active='False'/>")]
    [InlineData("<connector class='fs' name='c' active='FALSE'><properties><property name='type'>pub</property>"
        + "<property name='fstype'>tape</property><property name='blocksize'>many</property></properties></connector>")]
    public void A_connector_that_does_not_start_is_warned_of_at_most(string connector)
    {
        var problems = Problems(WithConnector(connector));
        Assert.NotEmpty(problems);
        Assert.DoesNotContain(problems, p => p.Severity == ProblemSeverity.Error);

        var started = Problems(WithConnector(connector.Replace(" active='", " a='", StringComparison.Ordinal)));
        Assert.Contains(started, p => p.Severity == ProblemSeverity.Error);
    }

    [Fact]
    public void Descriptions_may_name_tokens_that_have_no_value()
    {
        var model = Small.Query(
            "<window-copy name='c'><description>Rows of @TEAM@</description></window-copy>", "<edge source='s' target='c'/>");
        var read = ProjectXmlReader.Read(model, Running);
        Assert.Empty(read.Problems);
        Assert.Empty(read.UnresolvedTokens);
        Assert.Equal("Rows of @TEAM@", read.Project!.ContinuousQueries[0].Windows[1].Description);
    }

    [Fact]
    public void Names_of_properties_and_states_are_known_in_any_case()
    {
        var model = WithConnector("<connector class='fs' name='c'><properties><property name='Type'>pub</property>"
                + "<property name='fsName'>in.csv</property><property name='FSTYPE'>csv</property></properties></connector>")
            .Replace("</project>", "<project-connectors><connector-groups><connector-group name='g'>"
                + "<connector-entry connector='cq/s/c' state='Finished'/></connector-group></connector-groups></project-connectors></project>",
                StringComparison.Ordinal);
        Assert.Empty(Problems(model));
        var project = ProjectXmlReader.Read(model).Project!;
        Assert.Equal(["fsname", "fstype", "type"], project.ContinuousQueries[0].Windows[0].Connectors[0].Properties.Keys);
        Assert.Equal("finished", project.ConnectorGroups[0].Entries[0].State);
    }

    [Theory]
    [InlineData("2 hrs", 7200)]
    [InlineData("1 WEEK", 604800)]
    [InlineData(" 250 msec ", 0.25)]
    [InlineData("90", 90)]
    public void Durations_have_many_spellings(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    private static string WithConnector(string connector) => Small.Query("", "").Replace(
        "</window-source>", $"<connectors>{connector}</connectors></window-source>", StringComparison.Ordinal);

    private static List<Problem> Problems(string model)
    {
        var read = ProjectXmlReader.Read(model, Running);
        return [.. read.Problems, .. ProjectValidator.Validate(read.Project!)];
    }
}
