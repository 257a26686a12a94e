namespace Lockstep.Engine.Windows.Models;

/// <summary>A window that puts models out: an event names a model, this gives it.</summary>
internal interface IModelSource
{
    /// <summary>The model that an event of its newest output names; null for another number.</summary>
    TrainedModel? ModelOf(long id);
}
