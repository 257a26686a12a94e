using Lockstep.Engine.Execution;
using Lockstep.Engine.Models;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Models;

/// <summary>A model that a file holds.</summary>
/// <param name="Id">Its number within the window that loaded it.</param>
/// <param name="Reference">The path as the model or a request names it.</param>
/// <param name="Hash">SHA-256 of the file, in hexadecimal digits.</param>
/// <param name="Model">The loaded model.</param>
internal sealed record FileModel(long Id, string Reference, string Hash, IFileModel Model) : IModel
{
    public ulong Digest() => StateHash.Combine((ulong)Id, StateHash.Of(Hash));

    /// <summary>Path and hash: the file itself is part of the deployment.</summary>
    public void WriteState(SnapshotWriter writer)
    {
        writer.Write(Id);
        writer.Write(Reference);
        writer.Write(Hash);
    }

    /// <exception cref="SnapshotFormatException">The file is not there, does not load, or holds another model than it did.</exception>
    public static FileModel Read(SnapshotReader reader, LoadedFiles files)
    {
        var (id, reference, hash) = (reader.ReadInt64(), reader.ReadText() ?? "", reader.ReadText() ?? "");
        try
        {
            var model = files.ModelOf(id, reference);
            return model.Hash == hash ? model : throw new SnapshotFormatException(
                $"The snapshot was taken with the model of '{reference}' that had the SHA-256 {hash}, and now has {model.Hash}; put that file back, "
                + "or give the new one a name of its own.");
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException or ModelException)
        {
            throw new SnapshotFormatException($"The snapshot was taken with the model of '{reference}', which can't be loaded: {missing.Message}", missing);
        }
    }
}
