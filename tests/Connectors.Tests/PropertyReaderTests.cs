using Lockstep.Contracts.Projects;

namespace Lockstep.Connectors.Tests;

/// <summary>Properties are read by type, and what is wrong with them is said.</summary>
public sealed class PropertyReaderTests
{
    [Theory]
    [InlineData("", 1883, null)]
    [InlineData("65535", 65535, null)]
    [InlineData("65536", 1883, "Property 'port' is a port, 1 to 65535, not 65536.")]
    [InlineData("0", 1883, "must be a whole number not below 1")]
    public void A_port_is_one_of_those_that_there_are(string text, int expected, string? said)
    {
        List<Problem> problems = [];
        Assert.Equal(expected, Read(text, problems).Port("port", 1883));
        Assert.Equal(said is null ? [] : [true], problems.Select(p => p.Message.Contains(said!, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("0", false)]
    [InlineData("False", false)]
    [InlineData("true", true)]
    [InlineData("3", true)]
    public void A_property_is_set_when_it_is_there_and_says_yes(string text, bool expected) => Assert.Equal(expected, Read(text, []).IsSet("port"));

    private static PropertyReader Read(string text, List<Problem> problems) =>
        new(new Dictionary<string, string> { ["port"] = text }, "p/q/w/c", default, problems);
}
