using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Windows.StateDb;

/// <summary>The tables of a project that is built: one a database and prefix, made when the first window asks for it.</summary>
internal sealed class StateTables(ProjectDefinition project)
{
    private readonly Dictionary<StateDbWriterWindowDefinition, StateTable> _byOwner = new(ReferenceEqualityComparer.Instance);

    /// <summary>The table of a prefix, and the writer whose state it is; null when none of the project writes it.</summary>
    public (StateTable Table, StateDbWriterWindowDefinition Owner)? Find(StateDbDefinition database, string prefix)
    {
        var owner = StateDbTable.WritersOf(project, database, prefix).FirstOrDefault().Window;
        if (owner?.Schema is null || StateDbTable.Create(owner, (_, _) => { }) is not { } layout)
        {
            return null;
        }

        if (!_byOwner.TryGetValue(owner, out var table))
        {
            var time = owner.TimeToLive is { } limit ? limit.Ticks / TimeSpan.TicksPerMicrosecond : (long?)null;
            _byOwner.Add(owner, table = new StateTable(layout.Schema, time));
        }

        return (table, owner);
    }
}
