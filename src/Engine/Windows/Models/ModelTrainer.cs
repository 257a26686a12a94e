using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Models;

/// <summary>Learns a model event by event.</summary>
internal abstract class ModelTrainer
{
    /// <summary>Learns from an event.</summary>
    /// <param name="values">Its variables; not to be kept.</param>
    /// <param name="target">What is to be predicted; NaN where there is nothing.</param>
    public abstract void Learn(ReadOnlySpan<double> values, double target);

    /// <summary>A step of time is over.</summary>
    public virtual void EndStep()
    {
    }

    /// <summary>The model as it is now; called when a step is over.</summary>
    public abstract TrainedModel Make(long id);

    /// <summary>Hash of a few of the numbers that were learned.</summary>
    public abstract ulong Digest();

    public abstract void WriteState(SnapshotWriter writer);

    public abstract void ReadState(SnapshotReader reader);
}
