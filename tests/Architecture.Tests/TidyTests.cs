using System.Text.RegularExpressions;

namespace Lockstep.Architecture.Tests;

/// <summary>Rules of CONTRIBUTING.md that text alone can judge, each as a pure function with a planted violation.</summary>
public sealed partial class TidyTests
{
    private const string BannedSuffixes = "Helper|Utils?|Manager|Processor|Wrapper|Info|Data|Impl|Base|Dto";
    private const int MaxLines = 400;
    private const int MaxColumns = 160;

    [Fact]
    public void Sources_are_tidy()
    {
        var found = RepositoryRoot.SourceFiles("src", "*.cs").Concat(RepositoryRoot.SourceFiles("tests", "*.cs"))
            .Where(file => Path.GetFileName(file) != "TidyTests.cs") // Its planted violations.
            .SelectMany(file => Violations(File.ReadAllLines(file)).Select(what => $"{Path.GetRelativePath(RepositoryRoot.Path, file)}: {what}"))
            .ToList();
        Assert.True(found.Count == 0, string.Join('\n', found)); // Names all; a compared collection is cut short.
    }

    [Theory]
    [InlineData("sealed class BlockHelper", "banned suffix of BlockHelper")]
    [InlineData("public record EventDto(int A);", "banned suffix of EventDto")]
    [InlineData("    #region fields", "a region")]
    [InlineData("    throw new NotImplemented" + "Exception();", "a stub")]
    [InlineData("    // TO" + "DO make it work", "a TODO without an issue number")]
    public void A_planted_violation_is_found(string line, string expected) =>
        Assert.Equal([$"line 1: {expected}"], Violations([line]));

    [Fact]
    public void Long_files_and_lines_are_found()
    {
        Assert.Equal(["401 lines"], Violations([.. Enumerable.Repeat("", MaxLines + 1)]));
        Assert.Equal(["line 1: 161 columns"], Violations([new string('x', MaxColumns + 1)]));
    }

    [Fact]
    public void No_file_lies_at_the_root_that_is_not_listed()
    {
        string[] listed =
        [
            ".editorconfig", ".gitattributes", ".gitignore", "ARCHITECTURE.md", "BannedSymbols.txt", "CHANGELOG.md", "CONTRIBUTING.md",
            "Directory.Build.props", "Directory.Packages.props", "LICENSE", "Lockstep.slnx", "README.md", "global.json",
        ];
        var actual = Directory.EnumerateFiles(RepositoryRoot.Path).Select(Path.GetFileName).Where(name => name != ".git")
            .Order(StringComparer.Ordinal);
        Assert.Equal(listed.Order(StringComparer.Ordinal), actual);
    }

    private static List<string> Violations(string[] lines)
    {
        var found = new List<string>();
        if (lines.Length > MaxLines)
        {
            found.Add($"{lines.Length} lines");
        }

        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.Length > MaxColumns)
            {
                found.Add($"line {i + 1}: {line.Length} columns");
            }

            if (BannedSuffix().Match(line) is { Success: true } match)
            {
                found.Add($"line {i + 1}: banned suffix of {match.Groups[1].Value}");
            }

            if (line.TrimStart().StartsWith("#region", StringComparison.Ordinal))
            {
                found.Add($"line {i + 1}: a region");
            }

            if (line.Contains("throw new NotImplemented" + "Exception", StringComparison.Ordinal))
            {
                found.Add($"line {i + 1}: a stub");
            }

            if (TodoWithoutIssue().IsMatch(line))
            {
                found.Add($"line {i + 1}: a TODO without an issue number");
            }
        }

        return found;
    }

    [GeneratedRegex(@"^\s*(?:[a-z]+\s+)*(?:class|record|struct|enum)\s+(\w+(?:" + BannedSuffixes + @"))\b")]
    private static partial Regex BannedSuffix();

    [GeneratedRegex(@"//.*\bTODO\b(?!.*#\d)")]
    private static partial Regex TodoWithoutIssue();
}
