namespace Lockstep.Engine.Windows.Models;

/// <summary>A window that puts models out: an event names a model, this gives it.</summary>
internal interface IModelSource
{
    /// <summary>Name of the algorithm of all its models.</summary>
    string Algorithm { get; }

    /// <summary>Variables of an event.</summary>
    int Width { get; }

    /// <summary>The model that an event of its newest output names by its address; null for another address.</summary>
    TrainedModel? ModelOf(string address);
}
