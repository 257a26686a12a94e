namespace Lockstep.Engine.Models;

/// <summary>A model joined with values. Single threaded.</summary>
public interface IModelRun
{
    /// <summary>Computes the outputs of the inputs as they now are. Keeps nothing from one run to the next.</summary>
    /// <exception cref="ModelException">The model fails for these values; the message says why.</exception>
    /// <exception cref="ModelTimeException">It took too long: the member must end.</exception>
    void Run();
}
