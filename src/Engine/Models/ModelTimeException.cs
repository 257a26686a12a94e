namespace Lockstep.Engine.Models;

/// <summary>
/// A model was ended since it took too long for an event. Other members may have its score: the member must end, and nothing is lost, since
/// the event comes again from the journal.
/// </summary>
public sealed class ModelTimeException : Exception
{
    /// <summary>With its message.</summary>
    public ModelTimeException(string message)
        : base(message)
    {
    }
}
