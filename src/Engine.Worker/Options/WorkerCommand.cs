namespace Lockstep.Engine.Worker.Options;

/// <summary>What the worker is asked to do.</summary>
internal enum WorkerCommand
{
    /// <summary>Run a project.</summary>
    Run,

    /// <summary>Find everything wrong with a model.</summary>
    Validate,

    /// <summary>Draw a model.</summary>
    Diagram,

    /// <summary>Print the usage.</summary>
    Help,
}
