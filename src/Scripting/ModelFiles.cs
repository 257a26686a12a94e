using Lockstep.Contracts.Projects;

namespace Lockstep.Scripting;

/// <summary>
/// Finds and opens the files of a model: the one way to code of scripts, word vectors and ONNX models. They are read from the granted
/// folders only (<see cref="ModelFileGrants"/>), whatever a model names. Links in these folders are followed: who fills them made them.
/// </summary>
public static class ModelFiles
{
    /// <summary>Longest script in bytes.</summary>
    public const int TextBytesMax = 16 * 1024 * 1024;

    /// <summary>The full path of a file that a model names.</summary>
    /// <param name="grants">What the deployment grants.</param>
    /// <param name="named">The path in the model; a relative one is looked up in the granted folders in their order.</param>
    /// <exception cref="ModelFileException">There is no such file in the granted folders.</exception>
    public static string PathOf(ModelFileGrants grants, string named)
    {
        ArgumentNullException.ThrowIfNull(grants);
        var path = grants.Paths.Of(named);
        if (grants.Folders.IsEmpty || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ModelFileException(
                $"File '{named}' can't be read: no folder is granted to files of the model. Grant its folder with --model-files.");
        }

        // Not said of a file outside: whether it exists.
        foreach (var full in grants.Folders.Select(folder => Path.GetFullPath(path, folder)).Distinct())
        {
            if (grants.Folders.Any(folder => IsBelow(folder, full)) && File.Exists(full))
            {
                return full;
            }
        }

        throw new ModelFileException($"There is no file '{named}' in the folders that are granted to files of the model: "
            + $"{string.Join(", ", grants.Folders)}. Correct the path, or grant its folder with --model-files.");
    }

    /// <summary>Opens a file for reading from its beginning on.</summary>
    /// <exception cref="ModelFileException">There is no such file in the granted folders, or it is longer than allowed.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Open(ModelFileGrants grants, string named, long bytesMax)
    {
        var stream = new FileStream(PathOf(grants, named), FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.SequentialScan);
        if (stream.Length <= bytesMax)
        {
            return stream;
        }

        var length = stream.Length;
        stream.Dispose();
        throw new ModelFileException($"File '{named}' has {length} bytes; at most {bytesMax} are read.");
    }

    /// <summary>The text of a script, UTF-8.</summary>
    /// <exception cref="ModelFileException">There is no such file in the granted folders, or it is longer than <see cref="TextBytesMax"/>.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string ReadText(ModelFileGrants grants, string named)
    {
        using var reader = new StreamReader(Open(grants, named, TextBytesMax));
        return reader.ReadToEnd();
    }

    private static bool IsBelow(string folder, string path) =>
        path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}

/// <summary>A file that a model names is not there, not granted, or too long. The message says what to do.</summary>
public sealed class ModelFileException(string message) : IOException(message);
