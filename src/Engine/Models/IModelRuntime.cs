namespace Lockstep.Engine.Models;

/// <summary>
/// A library that runs models of files, a seam so that the engine does not depend on it. What it computes depends on nothing but the
/// file and the values of an event: the same numbers on every machine of one kind.
/// </summary>
public interface IModelRuntime
{
    /// <summary>What the modelling language calls such models: onnx.</summary>
    string ModelType { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="content">The bytes of its file.</param>
    /// <exception cref="ModelException">They are no model, or one that can't run; the message says why.</exception>
    IFileModel Load(byte[] content);
}
