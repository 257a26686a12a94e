using System.Reflection;
using System.Text.RegularExpressions;
using Lockstep.Contracts.Projects;
using Lockstep.TestKit;

namespace Lockstep.Contracts.Tests.Projects;

/// <summary>Goal: every code a user may see is explained. Method: the documentation's table against the constants.</summary>
public sealed partial class ProblemCodeTests
{
    [Fact]
    public void Every_code_is_in_the_documentation_and_nothing_else_is()
    {
        var codes = typeof(ProblemCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!).ToList();
        Assert.Equal(codes.Count, codes.Distinct().Count());
        var documented = Row().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "docs/reference/diagnostics.md"))).Select(m => m.Groups[1].Value);
        Assert.Equal(codes.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| (LS1\d{3}) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
