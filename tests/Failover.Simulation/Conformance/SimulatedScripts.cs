using System.Globalization;
using Lockstep.Failover.Simulation.Bus;
using Lockstep.Failover.Simulation.Coordination;

namespace Lockstep.Failover.Simulation.Conformance;

/// <summary>Runs scripts on the simulated bus and ensemble, in virtual time.</summary>
internal static class SimulatedScripts
{
    public static (string Said, string Must) OnBus(string name, int seed)
    {
        var schedule = new Schedule(seed, Trace.Off);
        return Play(schedule, () => BusScripts.RunAsync(name, new ScriptedBrokers(schedule)));
    }

    public static (string Said, string Must) OnEnsemble(string name, int seed)
    {
        var schedule = new Schedule(seed, Trace.Off);
        return Play(schedule, () => EnsembleScripts.RunAsync(name, new ScriptedEnsemble(schedule)));
    }

    private static (string Said, string Must) Play(Schedule schedule, Func<Task<(string Said, string Must)>> script)
    {
        (string Said, string Must)? end = null;
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            schedule.Observe(RunAsync());
            while (end is null && schedule.Step(60 * Schedule.Second))
            {
                // The script goes on in here.
            }

            return end ?? throw new SimulationFailure("liveness", "the script waits for ever");
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        async Task RunAsync() => end = await script();
    }

    private sealed class ScriptedBrokers(Schedule schedule) : IScriptedBus
    {
        private const string Id = "script";
        private const long Limit = Schedule.Second;
        private readonly Process _process = new(schedule);
        private readonly Link _link = new(schedule, NetworkWeather.Fair);
        private readonly SimulatedBrokers _brokers = new(schedule) { TransactionsV2 = schedule.Chance(0.5) };

        public Task<IScriptedProducer> ProducerAsync() =>
            Task.FromResult<IScriptedProducer>(new Producer(new SimulatedProducer(_process, _link, _brokers, Id)));

        public async Task<string> FenceAsync() => Name(await new SimulatedProducer(_process, _link, _brokers, Id).TakeAsync(Limit));

        public Task<long> EndAsync(string topic, bool committed) =>
            Task.FromResult(committed ? _brokers[topic].LastStable : _brokers[topic].End);

        public async Task SettleAsync(string topic)
        {
            while (_brokers[topic].LastStable < _brokers[topic].End)
            {
                await _process.WaitAsync(Schedule.Millisecond);
            }
        }

        public async Task<string> ReadAsync(string topic)
        {
            var reader = new SimulatedReader(_process, _link, _brokers, topic, 0, readsOn: false, () => { });
            while (reader.Position < _brokers[topic].LastStable)
            {
                await _process.WaitAsync(Schedule.Millisecond);
            }

            reader.Close();
            return string.Join(' ', reader.Waiting.Select(r => $"{r.Value}@{r.Offset}"));
        }

        private static string Name(BrokerError? error) => error switch
        {
            BrokerError.None => "done",
            BrokerError.Fenced => "fenced",
            _ => "failed",
        };

        private sealed class Producer(SimulatedProducer producer) : IScriptedProducer
        {
            public async Task<string> InitAsync() => Name(await producer.TakeAsync(Limit));

            public async Task<string> CommitAsync(params (string Topic, string Value)[] records)
            {
                var sent = await producer.SendAsync([.. records.Select(r => (r.Topic, (IReadOnlyList<object>)[r.Value]))], Limit);
                return Name(sent == BrokerError.None ? await producer.EndAsync(commit: true, Limit) : sent);
            }

            public async Task LeaveOpenAsync(string topic, string value)
            {
                await producer.SendAsync([(topic, [value])], Limit);
            }

            public async Task<string> EndAsync(bool commit) => Name(await producer.EndAsync(commit, Limit));
        }
    }

    private sealed class ScriptedEnsemble(Schedule schedule) : IScriptedEnsemble
    {
        private readonly SimulatedEnsemble _ensemble = new(schedule);
        private readonly Process _process = new(schedule);

        public async Task<IScriptedSession> ConnectAsync()
        {
            var link = new Link(schedule, NetworkWeather.Fair);
            var session = new SimulatedSession(_process, link, _ensemble, 400 * Schedule.Millisecond);
            await UntilAsync(() => Task.FromResult(session.IsConnected));
            return new Session(this, _ensemble, session, link);
        }

        public async Task UntilAsync(Func<Task<bool>> holds)
        {
            while (!await holds())
            {
                await _process.WaitAsync(Schedule.Millisecond);
            }
        }
    }

    private sealed class Session(IScriptedEnsemble scripts, SimulatedEnsemble ensemble, SimulatedSession session, Link link) : IScriptedSession
    {
        private const string Prefix = "/s/n_";
        private readonly List<string> _told = [];

        public IReadOnlyList<string> Told => _told;

        public async Task<string> CreateAsync()
        {
            var made = await session.CreateAsync(Prefix, "", sequential: true);
            return made.Error == EnsembleError.None ? NumberOf(made.Path) : "lost";
        }

        public Task DeleteAsync(string number) => session.DeleteAsync(PathOf(number));

        public async Task<bool> WatchAsync(string number)
        {
            await session.SyncAsync();
            return (await session.ExistsAsync(PathOf(number), () => _told.Add(number))).Nodes is [_];
        }

        public async Task<string> ListAsync() => Join(await ReadAsync());

        public async Task<string> ListOwnAsync() => Join((await ReadAsync()).Where(n => n.Owner == session.Id));

        public void Cut(bool answersOnly) => (link.IsCutIn, link.IsCutOut) = (true, !answersOnly);

        public void Heal() => (link.IsCutIn, link.IsCutOut) = (false, false);

        public Task CloseFromOutsideAsync()
        {
            ensemble.End(session.Id, "closed from outside");
            return Task.CompletedTask;
        }

        public Task CloseAsync()
        {
            session.Close();
            return Task.CompletedTask;
        }

        private async Task<IReadOnlyList<Znode>> ReadAsync()
        {
            await scripts.UntilAsync(() => Task.FromResult(session.IsConnected));
            await session.SyncAsync();
            return (await session.ChildrenAsync("/s", null)).Nodes!;
        }

        private static string Join(IEnumerable<Znode> nodes) =>
            string.Join(' ', nodes.Select(n => n.Path).Order(StringComparer.Ordinal).Select(NumberOf));

        private static string NumberOf(string path) =>
            int.Parse(path.AsSpan(Prefix.Length), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

        private static string PathOf(string number) => Prefix + number.PadLeft(10, '0');
    }
}
