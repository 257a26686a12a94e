using Lockstep.Contracts.Failover;
using Lockstep.Failover.Simulation.Bus;
using Lockstep.Failover.Simulation.Members;

namespace Lockstep.Failover.Simulation;

/// <summary>What goes wrong, and when: one thing after the other, from the seed.</summary>
internal sealed class FaultPlan(World world)
{
    private readonly Schedule _schedule = world.Schedule;
    private readonly long _pace = world.Schedule.Between(40, 400) * Schedule.Millisecond;
    private bool _over;
    private bool _tears;

    public void Begin()
    {
        world.Brokers.Appended += Tear;
        WriteLater();
        DisturbLater();
        if (world.Upgrades)
        {
            HandOverLater();
        }
    }

    /// <summary>Nothing new goes wrong, and what is wrong ends.</summary>
    public void Heal()
    {
        (_over, _tears) = (true, false);
        Say("all faults cease");
        world.IsDeterministic = true;
        world.Brokers.IsUp = true;
        world.Brokers.MarkerMax = 2 * Schedule.Millisecond;
        world.Supervisor.IsUp = true;
        if (!world.Ensemble.IsUp)
        {
            world.Ensemble.Start(expireAll: false);
        }

        foreach (var host in world.Hosts)
        {
            foreach (var link in (Link[])[host.Kafka, host.ZooKeeper])
            {
                (link.IsCutIn, link.IsCutOut, link.Weather) = (false, false, NetworkWeather.Fair);
            }

            host.Disk.IsFull = false;
            if (host.Process is { } member && member.Feeds.Diverged > World.DivergenceLimit)
            {
                world.Kill(member, "it had diverged twice, a person starts it again");
            }

            host.Process?.Resume();
            world.Supervisor.Start(host);
        }
    }

    private void WriteLater() => _schedule.After(_schedule.Between(500, 30 * Schedule.Millisecond), () =>
    {
        if (!_over)
        {
            var topic = (int)_schedule.Between(0, MemberFeeds.InboundTopics - 1);
            for (var i = _schedule.Between(1, 5); i > 0; i--)
            {
                world.Write(topic);
            }

            if (_schedule.Chance(0.3))
            {
                world.Brokers[MemberFeeds.InboundTopic(topic)].Skip();
            }

            WriteLater();
        }
    });

    private void DisturbLater() => _schedule.After(_schedule.Between(Schedule.Millisecond, _pace), () =>
    {
        if (!_over)
        {
            Disturb();
            DisturbLater();
        }
    });

    private void HandOverLater() => _schedule.After(_schedule.Between(100 * Schedule.Millisecond, Schedule.Second), () =>
    {
        if (!_over)
        {
            HandOver();
            HandOverLater();
        }
    });

    private void Disturb()
    {
        // Half of the faults hit the one that publishes or is about to.
        var host = world.Hosts[(int)_schedule.Between(0, world.Hosts.Length - 1)];
        if (_schedule.Chance(0.5) && world.Members.FirstOrDefault(m => m.State.Role is MemberRole.Active or MemberRole.Acquiring) is { } leading)
        {
            host = leading.Host;
        }

        var member = host.Process;
        switch (_schedule.Between(0, 32))
        {
            case < 6: KillOne(member); break;
            case < 10: PauseOne(member); break;
            case < 12: Cut(host.Kafka, $"{host.Name} from kafka"); break;
            case < 14: Cut(host.ZooKeeper, $"{host.Name} from zookeeper"); break;
            case 14:
                Cut(host.ZooKeeper, $"{host.Name} from zookeeper");
                Cut(host.Kafka, $"{host.Name} from kafka");
                break;
            case < 17: StopEnsemble(); break;
            case < 19: StopBrokers(); break;
            case < 22: Ask(member, new FailoverInput.SwitchoverAsked(_schedule.Chance(0.5) ? null : "m1")); break;
            case 22: Ask(member, new FailoverInput.StopAsked()); break;
            case 23: EndSession(host); break;
            case 24: StopSupervisor(); break;
            case < 27: DisturbDisk(host); break;
            case 27: Purge(); break;
            case 28: KillAll(); break;
            case 29: world.Ensemble.RestartSequence(Coordination.SimulatedMembership.Parent); break;
            case 30: SlowMarkers(); break;
            case 31: _tears = true; break;
            default: PauseAtCommit(member); break;
        }
    }

    private void KillOne(SimulatedMember? member)
    {
        if (member is not null)
        {
            world.Kill(member, "kill -9");
        }
    }

    private void KillAll()
    {
        foreach (var member in world.Members.ToArray())
        {
            world.Kill(member, "all are killed");
        }
    }

    private void PauseOne(SimulatedMember? member)
    {
        if (member is { IsPaused: false })
        {
            member.Say("paused");
            member.Pause();
            world.Supervisor.Paused(member);
            For(_schedule.Chance(0.5) ? 60 : 2_000, () =>
            {
                member.Say("goes on");
                member.Resume();
            });
        }
    }

    /// <summary>Waits until a commit has left, then pauses: nobody hears how it ended.</summary>
    private void PauseAtCommit(SimulatedMember? member)
    {
        if (member is { State.InFlight: true })
        {
            PauseOne(member);
        }
    }

    private void Cut(Link link, string what)
    {
        var way = _schedule.Between(0, 2);
        (link.IsCutOut, link.IsCutIn) = (way != 1, way != 0);
        Say($"cuts {what}{(way == 0 ? ", one way out" : way == 1 ? ", one way in" : "")}");
        For(1_500, () =>
        {
            (link.IsCutOut, link.IsCutIn) = (false, false);
            Say($"ends the cut of {what}");
        });
    }

    private void StopEnsemble()
    {
        if (world.Ensemble.IsUp)
        {
            Say("stops zookeeper");
            world.Ensemble.Stop();
            For(2_500, () =>
            {
                if (!world.Ensemble.IsUp)
                {
                    Say("starts zookeeper");
                    world.Ensemble.Start(_schedule.Chance(0.3));
                }
            });
        }
    }

    private void StopBrokers()
    {
        Say("stops kafka");
        world.Brokers.IsUp = false;
        For(600, () => world.Brokers.IsUp = true);
    }

    private void SlowMarkers()
    {
        Say("markers are slow");
        world.Brokers.MarkerMax = 80 * Schedule.Millisecond;
        For(600, () => world.Brokers.MarkerMax = 2 * Schedule.Millisecond);
    }

    /// <summary>
    /// Somebody ends a transaction by hand before its journal record is in: what has arrived is committed in part. Nothing else tears a
    /// step on brokers that have transactions; those in memory do.
    /// </summary>
    private void Tear(string topic, ProducerIdentity holder)
    {
        if (_tears && topic != MemberJournal.Topic && world.Brokers[MemberJournal.Topic].OpenPart(holder.Id) is null)
        {
            _tears = false;
            Say($"commits by hand what {holder} has sent so far");
            world.Brokers.Coordinator(MemberJournal.TransactionalId).EndTxn(holder, commit: true);
        }
    }

    private static void Ask(SimulatedMember? member, FailoverInput asked)
    {
        if (member is not null)
        {
            member.Say($"is asked: {asked.GetType().Name}");
            member.Run(() => member.Post(asked));
        }
    }

    /// <summary>The active is asked to give over to the other version, or now and then a shadow to take the group back.</summary>
    private void HandOver()
    {
        if (world.Members.FirstOrDefault(m => m.State.Role == MemberRole.Shadow) is not { } shadow)
        {
            return;
        }

        if (_schedule.Chance(0.15))
        {
            Ask(shadow, new FailoverInput.TakeBackAsked());
        }
        else
        {
            Ask(world.Members.FirstOrDefault(m => m.State.Role == MemberRole.Active),
                new FailoverInput.SwitchoverAsked(_schedule.Chance(0.7) ? shadow.Host.Name : null, shadow.ModelDigest));
            if (_schedule.Chance(0.3))
            {
                Cut(shadow.Host.Kafka, $"{shadow.Host.Name} from kafka, as it is handed over to");
            }
        }
    }

    private void EndSession(MemberHost host)
    {
        var node = world.Ensemble.Nodes.LastOrDefault(n => n.Content == host.Name && n.Dzxid == long.MaxValue);
        if (node is not null && world.Ensemble.IsUp)
        {
            world.Ensemble.End(node.Owner, "expired by a fault");
        }
    }

    private void StopSupervisor()
    {
        Say("kills the supervisor");
        world.Supervisor.IsUp = false;
        For(1_000, () =>
        {
            world.Supervisor.IsUp = true;
            foreach (var host in world.Hosts)
            {
                world.Supervisor.Start(host);
            }
        });
    }

    private void DisturbDisk(MemberHost host)
    {
        switch (_schedule.Between(0, 3))
        {
            case 0:
                Say($"damages the newest snapshot of {host.Name}");
                host.Disk.DamageNewest();
                break;
            case 1:
                Say($"deletes the snapshots of {host.Name}");
                host.Disk.Lose();
                break;
            default:
                Say($"fills the disk of {host.Name}");
                host.Disk.IsFull = true;
                For(1_000, () => host.Disk.IsFull = false);
                break;
        }
    }

    /// <summary>Retention deletes what the group has applied, and what it has put out.</summary>
    private void Purge()
    {
        var topic = (int)_schedule.Between(0, MemberFeeds.InboundTopics - 1);
        var before = world.Checks.NextOf(topic) - _schedule.Between(0, 100);
        Say($"purges inbound topic {topic} before {before}");
        world.Brokers[MemberFeeds.InboundTopic(topic)].DeleteBefore(before);
        topic = (int)_schedule.Between(0, SimulatedEngine.Outbound - 1);
        var outbound = world.Brokers[MemberJournal.OutboundTopic(topic)];
        if (world.Checks.IsTorn(topic))
        {
            // Nobody can repair from a stamp that was deleted before anybody took over: retention is longer than that.
            return;
        }

        outbound.DeleteBefore(_schedule.Chance(0.5) ? outbound.LastStable : outbound.LastStable - 20);
    }

    private void For(long mostMs, Action end) => _schedule.After(_schedule.Between(Schedule.Millisecond, mostMs * Schedule.Millisecond), end);

    private void Say(string what)
    {
        if (_schedule.Trace.IsOn)
        {
            _schedule.Trace.Say(_schedule.Now, "fault", what);
        }
    }
}
