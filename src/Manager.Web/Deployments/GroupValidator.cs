using System.Text.RegularExpressions;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Deployments;

/// <summary>Finds everything wrong with a <see cref="CreateGroupRequest"/>; pure.</summary>
internal static partial class GroupValidator
{
    /// <summary>Members of one kind at most.</summary>
    public const int MaxReplicas = 26;

    // An adapter's command line separates its settings by commas and has no way to escape one.
    private static readonly System.Buffers.SearchValues<char> RefusedInPaths =
        System.Buffers.SearchValues.Create(",\"'\n\r\0");

    /// <summary>All problems; empty for a sound request.</summary>
    public static IReadOnlyList<ProblemResource> ProblemsOf(CreateGroupRequest request)
    {
        var problems = new List<ProblemResource>();
        void Add(string code, string pointer, string message) =>
            problems.Add(new ProblemResource("error", code, pointer, 0, 0, message));

        if (!NamePattern().IsMatch(request.Name))
        {
            Add("groupName", "/name", "A group's name has 1 to 60 letters, digits, dashes or underscores.");
        }

        if (request.Replicas.Engines is < 1 or > MaxReplicas)
        {
            Add("replicas", "/replicas/engines", $"A group has 1 to {MaxReplicas} engines; 2 or more can fail over.");
        }

        if (request.Replicas.Inputs is < 0 or > MaxReplicas)
        {
            Add("replicas", "/replicas/inputs", $"A group has 0 to {MaxReplicas} inputs.");
        }

        if (request.Replicas.Outputs is < 0 or > 1)
        {
            Add("replicas", "/replicas/outputs", "A group has 0 or 1 outputs: one file has one writer.");
        }

        if (request.InputHeaderLines is < 0 or > 100)
        {
            Add("headerLines", "/inputHeaderLines", "A file has 0 to 100 header lines.");
        }

        AddPath(request.InputFile, "/inputFile");
        AddPath(request.OutputFile, "/outputFile");
        foreach (var name in request.Settings.Keys.Where(n => !SettingPattern().IsMatch(n)))
        {
            Add("settingName", $"/settings/{name}", "A placeholder's name has letters, digits and underscores.");
        }

        return problems;

        void AddPath(string? path, string pointer)
        {
            if (path is not null && (!Path.IsPathFullyQualified(path) || path.AsSpan().ContainsAny(RefusedInPaths)))
            {
                Add("filePath", pointer, "Give a full path without comma, quotes or line breaks.");
            }
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,60}$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[A-Za-z0-9_]{1,100}$")]
    private static partial Regex SettingPattern();
}
