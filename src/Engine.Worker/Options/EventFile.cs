namespace Lockstep.Engine.Worker.Options;

/// <summary>A file to publish: <c>--events [CONTQUERY/]WINDOW=FILE</c> and the options behind it.</summary>
/// <param name="Window">Name of a source window, or contquery/window.</param>
/// <param name="Path">The file; csv unless its name ends in .xml or .json.</param>
internal sealed record EventFile(string Window, string Path)
{
    /// <summary>First lines to skip: <c>--header N</c>.</summary>
    public string Header { get; init; } = "";

    /// <summary>Format of its dates and stamps: <c>--dateformat F</c>; empty for numbers since 1970.</summary>
    public string DateFormat { get; init; } = "";
}
