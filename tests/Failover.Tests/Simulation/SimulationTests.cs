using Lockstep.Contracts.Failover;

namespace Lockstep.Failover.Tests.Simulation;

/// <summary>
/// Three members over a simulated bus and election, in one thread: a seed decides what happens next. F1, F2 and F4 are checked on
/// everything that becomes visible, F3 after every input, F5 by the machine itself. At the end all faults cease, and everything
/// written must have come out.
/// </summary>
public sealed class SimulationTests
{
    private const int Seeds = 10_000;
    private const int Steps = 400;
    private const int HealSteps = 4_000;

    [Fact]
    public void F1_to_F5_hold_on_every_schedule()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            try
            {
                new Run(seed, MissingGuard.None).Go();
            }
            catch (Exception broken) when (broken is Xunit.Sdk.XunitException or FailoverInvariantException)
            {
                Assert.Fail($"Seed {seed}: {broken.Message}{Environment.NewLine}{broken.StackTrace}");
            }
        }
    }

    [Theory]
    [InlineData(MissingGuard.Fence)]
    [InlineData(MissingGuard.AskAfterFence)]
    [InlineData(MissingGuard.SendOnlyMissing)]
    public void The_simulation_notices_when_a_guard_is_missing(MissingGuard missing)
    {
        var noticed = Enumerable.Range(1, Seeds).FirstOrDefault(seed =>
        {
            try
            {
                new Run(seed, missing).Go();
                return false;
            }
            catch (Exception broken) when (broken is Xunit.Sdk.XunitException or FailoverInvariantException)
            {
                return true;
            }
        });
        Assert.True(noticed > 0, $"No schedule of {Seeds} noticed that {missing} is missing.");
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly SimulatedBus _bus;
        private readonly SimulatedElection _election = new();
        private readonly SimulatedMember?[] _members = new SimulatedMember?[3];
        private readonly Dictionary<long, (long, long)> _states = [];
        private readonly bool[] _paused = new bool[3];
        private TimeSpan _now;

        public Run(int seed, MissingGuard missing)
        {
            _random = new Random(seed);
            _bus = new SimulatedBus(_random, missing);
        }

        public void Go()
        {
            for (var i = 0; i < Steps; i++)
            {
                Disturb(_random.Next(_members.Length));
                Advance(_random.Next(_members.Length));
            }

            _bus.Faults = false;
            Array.Clear(_paused);
            for (var i = 0; i < HealSteps && !IsDone(); i++)
            {
                for (var m = 0; m < _members.Length; m++)
                {
                    Heal(m);
                    Advance(m);
                }
            }

            Assert.True(IsDone(), $"not all came out: {_bus.Outbound.Count} of {_bus.Inbound}; "
                + string.Join("; ", _members.Select(m => $"{m?.State.Member} {m?.State.Role} {m?.State.Phase} {m?.State.Reason}")));
        }

        private bool IsDone() => _bus.Outbound.Count == _bus.Inbound
            && _members.Count(m => m is { State.Role: MemberRole.Active, State.Pending.IsEmpty: true }) == 1;

        private void Advance(int index)
        {
            if (_members[index] is not { } member || _paused[index])
            {
                return;
            }

            member.Now = _now;
            switch (_random.Next(4))
            {
                case 0: member.Follow(); break;
                case 1: member.Compute(_random.Next(4), _random.Next(2) == 0); break;
                case 2:
                    member.Deliver();
                    break;
                default:
                    _now += TimeSpan.FromMilliseconds(_random.Next(60));
                    member.Now = _now;
                    member.Give(new FailoverInput.TimePassed());
                    break;
            }

            if (member.Ended is { } exit)
            {
                Assert.NotEqual(FailoverExit.Inconsistent, exit);
                _election.Leave(member);
                _members[index] = null;
            }
        }

        private void Disturb(int index)
        {
            if (_members[index] is not { } member)
            {
                Heal(index);
                return;
            }

            member.Now = _now;
            switch (_random.Next(60))
            {
                case < 12: _bus.WriteInbound(); break;
                case 12:
                    // Killed: what it sent may still take effect, until somebody fences it.
                    _election.Leave(member);
                    _members[index] = null;
                    break;
                case 13: _paused[index] = !_paused[index]; break;
                case 14: Cut(member); break;
                case 15:
                    _election.Leave(member);
                    member.Post(new FailoverInput.SessionChanged(SessionState.Expired));
                    Connect(member);
                    break;
                case 16: member.Post(new FailoverInput.SwitchoverAsked(_random.Next(2) == 0 ? null : "m1")); break;
                case 17 when _random.Next(4) == 0: member.Post(new FailoverInput.StopAsked()); break;
                case 18: _now += TimeSpan.FromMilliseconds(_random.Next(4_000)); break;
                case < 22: _paused[index] = false; break;
                case < 25: Heal(index); break;
            }
        }

        private static void Cut(SimulatedMember member)
        {
            member.Reaches = false;
            member.Post(new FailoverInput.SessionChanged(SessionState.Suspended));
        }

        private static void Connect(SimulatedMember member)
        {
            member.Reaches = true;
            member.Post(new FailoverInput.SessionChanged(SessionState.Connected));
            if (member.State.Joined)
            {
                member.Join();
            }

            member.TellStanding();
        }

        private void Heal(int index)
        {
            if (_members[index] is not { } member)
            {
                _members[index] = new SimulatedMember($"m{index}", _bus, _election, CheckState) { Now = _now };
            }
            else if (!member.Reaches)
            {
                Connect(member);
            }
        }

        /// <summary>F3: whoever stands exactly at a sequence has the state that everybody had there.</summary>
        private void CheckState(SimulatedMember member)
        {
            if (member.State.IsAhead || member.Ended is not null)
            {
                return;
            }

            var sequence = member.State.Cursor.Sequence;
            if (!_states.TryAdd(sequence, member.Engine))
            {
                Assert.True(_states[sequence] == member.Engine,
                    $"F3: at {sequence} {member.State.Member} has {member.Engine}, another had {_states[sequence]}");
            }
        }
    }
}
