using Lockstep.Engine.Windows.Calculate;

namespace Lockstep.Engine.Windows.Models;

/// <summary>Scores events by a model; the model is all that it remembers. Nothing leaves before the first model.</summary>
internal abstract class ScoreAlgorithm : CalculateAlgorithm
{
    /// <summary>Takes the model that is applied from now on.</summary>
    /// <returns>Why it can't be applied, as a sentence: the one before stays; null when it is applied.</returns>
    public abstract string? Take(IModel model);
}
