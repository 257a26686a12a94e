using System.Security.Cryptography;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Models;
using Lockstep.Engine.Windows.Calculate;
using Lockstep.Engine.Windows.Models;
using Lockstep.Scripting;

namespace Lockstep.Engine.Execution;

/// <summary>
/// What is too large or slow to be read or compiled again whenever windows are made anew, files of the model above all: one an engine. Single threaded.
/// </summary>
internal sealed class LoadedFiles(ProjectDefinition project, IModelRuntime? runtime)
{
    /// <summary>Longest file of a model in bytes.</summary>
    public const int ModelBytesMax = 512 * 1024 * 1024;

    // Weak, since models come by requests without end: those that no window knows go, with their memory.
    private readonly Dictionary<string, WeakReference<IFileModel>> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<WindowDefinition, NotificationReader> _notifications = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Path, char Delimiter, string LineBreak), WordVectors> _vectors = [];

    /// <summary>
    /// What makes the messages of a notification window, compiled once however often windows are made; null when that failed before.
    /// </summary>
    public NotificationReader? NotificationOf(NotificationWindowDefinition definition) => _notifications.GetValueOrDefault(definition);

    /// <summary>Keeps it.</summary>
    public void Keep(NotificationWindowDefinition definition, NotificationReader reader) => _notifications[definition] = reader;

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

    /// <summary>The model of a file. The file is read each time, and loaded when no window has the same model.</summary>
    /// <exception cref="IOException">It can't be read, or is not granted.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="ModelException">It does not hold a model that can run.</exception>
    public FileModel ModelOf(long id, string reference)
    {
        if (runtime is null)
        {
            throw new ModelException("this program runs no models of files.");
        }

        using var stream = ModelFiles.Open(project.Files, reference, ModelBytesMax);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content));
        if (!_models.TryGetValue(hash, out var known) || !known.TryGetTarget(out var model))
        {
            model = runtime.Load(content);
            foreach (var (gone, _) in _models.Where(m => !m.Value.TryGetTarget(out _)).ToList())
            {
                _models.Remove(gone);
            }

            _models[hash] = new WeakReference<IFileModel>(model);
        }

        return new FileModel(id, reference, hash, model);
    }
}
