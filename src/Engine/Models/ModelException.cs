namespace Lockstep.Engine.Models;

/// <summary>A model of a file can't be loaded, or fails for some values. The message is a sentence for whoever wrote the model.</summary>
public sealed class ModelException : Exception
{
    /// <summary>With its message.</summary>
    public ModelException(string message)
        : base(message)
    {
    }

    /// <summary>With its message and cause.</summary>
    public ModelException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
