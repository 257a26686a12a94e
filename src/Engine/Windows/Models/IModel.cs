using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Models;

/// <summary>A model that was learned or that a file holds, on its way to the score windows that apply it; immutable.</summary>
internal interface IModel
{
    /// <summary>Its number within the window that put it out.</summary>
    long Id { get; }

    /// <summary>Hash of all that its scores depend on.</summary>
    ulong Digest();

    /// <summary>Writes what <see cref="IModelSource.ReadModel"/> reads.</summary>
    void WriteState(SnapshotWriter writer);
}
