using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Ui.Tail;

/// <summary>Rows as they come from the reader of the topic.</summary>
/// <param name="Rows">Oldest first.</param>
/// <param name="Dropped">Rows left out before them because the viewer was too slow.</param>
/// <param name="NewestOffset">The newest offset read so far.</param>
public sealed record TailBatch(IReadOnlyList<OutputRow> Rows, long Dropped, long NewestOffset);

/// <summary>Opens a tail: from an offset on, or with the newest so many rows. Ends when cancelled.</summary>
/// <param name="offset">First offset wanted; null for the newest.</param>
/// <param name="newest">How many of the newest, when there is no offset.</param>
/// <param name="stop">Ends it.</param>
public delegate IAsyncEnumerable<TailBatch> TailSource(long? offset, int newest, CancellationToken stop);
