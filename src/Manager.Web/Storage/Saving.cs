using Microsoft.EntityFrameworkCore;

namespace Lockstep.Manager.Web.Storage;

/// <summary>How a save can end.</summary>
internal static class Saving
{
    private const int SqliteConstraint = 19;

    /// <summary>Saves all changes.</summary>
    /// <returns>False: a unique index or a row version says that somebody else was first. Other errors are thrown.</returns>
    public static async Task<bool> SavedAsync(this DbContext db, CancellationToken cancellation)
    {
        try
        {
            await db.SaveChangesAsync(cancellation);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
        catch (DbUpdateException taken) when (
            taken.InnerException is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: SqliteConstraint })
        {
            return false;
        }
    }
}
