using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>A script of a window: its code and what else belongs to it.</summary>
/// <param name="Language">Its language.</param>
/// <param name="Code">The code as it stands in the model; empty when it is in a file.</param>
public sealed record ScriptDefinition(ScriptLanguage Language, ExpressionText Code)
{
    /// <summary>Path of a file that holds the code; null for code in the model.</summary>
    public string? File { get; init; }

    /// <summary>Names of the project's modules whose code comes first, in order.</summary>
    public ImmutableArray<string> Require { get; init; } = [];

    /// <summary>Name of the function that is called once, before events; null for none.</summary>
    public string? Init { get; init; }

    /// <summary>The input fields that functions are given; null for all.</summary>
    public ImmutableArray<string>? Use { get; init; }

    /// <summary>Attribute expand of use, kept as it is.</summary>
    public string? UseExpand { get; init; }
}

/// <summary>A function of a snippet that is called as stream time goes.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Interval">Time between two calls, from the project's first step; null: it is called once, in that step.</param>
public sealed record SnippetThreadDefinition(string Function, TimeSpan? Interval);

/// <summary>Code of a project that windows may require, or call by its name.</summary>
/// <param name="Language">Its language.</param>
/// <param name="Name">Its name, unique within language and kind.</param>
/// <param name="Code">The code; empty when it is in a file.</param>
/// <param name="IsSnippet">True for lua-snippet and python-snippet: not part of a window's code.</param>
public sealed record ScriptModuleDefinition(ScriptLanguage Language, string Name, ExpressionText Code, bool IsSnippet)
{
    /// <summary>Function of a snippet that is called once, before all others; null for none.</summary>
    public string? Init { get; init; }

    /// <summary>Function of a snippet that is called when the project ends by itself or is told to; null for none.</summary>
    public string? Destroy { get; init; }

    /// <summary>Functions of a snippet that are called as time goes, in document order.</summary>
    public ImmutableArray<SnippetThreadDefinition> Threads { get; init; } = [];

    /// <summary>
    /// True for a snippet that runs beside the windows. One in Python that has nothing to call is code for esp.call alone: a process
    /// for it would be for nothing.
    /// </summary>
    public bool RunsBeside => IsSnippet && (Language == ScriptLanguage.Lua || Init is not null || !Threads.IsEmpty);

    /// <summary>True for mas-module: its functions are called by windows with a mas-map.</summary>
    public bool IsMas { get; init; }

    /// <summary>Path of a file that holds the code; null for code in the model.</summary>
    public string? File { get; init; }
}

/// <summary>What a deployment lets the scripts of a project do, and how much; nothing beyond their own work by default.</summary>
public sealed record ScriptGrants
{
    /// <summary>No files, no network, the default limits.</summary>
    public static ScriptGrants None { get; } = new();

    /// <summary>True: scripts may read files.</summary>
    public bool Files { get; init; }

    /// <summary>True: scripts may use the network.</summary>
    public bool Network { get; init; }

    /// <summary>
    /// True in a failover group: members must come to the same state, so that no script of the engine may take an answer from outside.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary>Mebibytes that one script may hold.</summary>
    public int MemoryMb { get; init; } = 256;

    /// <summary>Millions of Lua instructions that one call may take.</summary>
    public int LuaMillions { get; init; } = 100;

    /// <summary>How long a Python call may take before its process is ended.</summary>
    public TimeSpan PythonTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The Python interpreter: a path, or a name looked up in PATH.</summary>
    public string Python { get; init; } = "python3";

    /// <summary>Environment variables that scripts see: the tokens of the model that were given from outside.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
