using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Models;

/// <summary>A window that puts models out: an event names a model, this gives it.</summary>
internal interface IModelSource
{
    /// <summary>Name of the algorithm of all its models; the type of models of files.</summary>
    string Algorithm { get; }

    /// <summary>Variables of an event; 0 for models of files, which say it themselves.</summary>
    int Width { get; }

    /// <summary>The model that an event of its newest output names by its address; null for another address.</summary>
    IModel? ModelOf(string address);

    /// <summary>Reads a model of its kind from a snapshot.</summary>
    IModel ReadModel(SnapshotReader reader);
}
