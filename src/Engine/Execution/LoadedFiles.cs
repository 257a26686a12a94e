using Lockstep.Contracts.Projects;
using Lockstep.Engine.Windows.Calculate;
using Lockstep.Scripting;

namespace Lockstep.Engine.Execution;

/// <summary>
/// What files of the model hold that are too large to be read again whenever windows are made anew: one an engine. Single threaded.
/// </summary>
internal sealed class LoadedFiles(ProjectDefinition project)
{
    private readonly Dictionary<(string Path, char Delimiter, string LineBreak), WordVectors> _vectors = [];

    /// <summary>The word vectors of a file.</summary>
    /// <exception cref="IOException">It can't be read, or is not granted.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="AlgorithmException">It does not hold word vectors.</exception>
    public WordVectors VectorsOf(string named, char delimiter, string lineBreak)
    {
        var key = (ModelFiles.PathOf(project.Files, named), delimiter, lineBreak);
        if (!_vectors.TryGetValue(key, out var vectors))
        {
            using var reader = new StreamReader(ModelFiles.Open(project.Files, named, WordVectors.BytesMax));
            _vectors[key] = vectors = WordVectors.Read(reader, named, delimiter, lineBreak);
        }

        return vectors;
    }
}
