namespace Lockstep.Failover.Tests.Simulation;

/// <summary>Znodes in order, sessions that expire, and an ensemble that may be out of reach of a member.</summary>
internal sealed class SimulatedElection
{
    private readonly List<SimulatedMember> _line = [];

    public int Candidates => _line.Count;

    public ElectionStanding StandingOf(SimulatedMember member) => _line.IndexOf(member) switch
    {
        < 0 => ElectionStanding.None,
        0 => ElectionStanding.First,
        _ => ElectionStanding.Waiting,
    };

    public void Join(SimulatedMember member)
    {
        if (!_line.Contains(member))
        {
            _line.Add(member);
            Tell();
        }
    }

    public void Leave(SimulatedMember member)
    {
        if (_line.Remove(member))
        {
            Tell();
        }
    }

    public void Tell()
    {
        foreach (var member in _line)
        {
            member.TellStanding();
        }
    }
}
