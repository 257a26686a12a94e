using System.Globalization;
using System.Text;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Kafka;

namespace Lockstep.Faults.Tests.Harness;

/// <summary>An event that the outbound topic has to hold.</summary>
/// <param name="Text">Opcode and values.</param>
/// <param name="Sequence">The journal record of its step.</param>
/// <param name="Source">Offset of the inbound record it comes from.</param>
internal readonly record struct ExpectedEvent(string Text, long Sequence, long Source);

/// <summary>
/// The oracle: one engine, alone and undisturbed, fed what the journal says (runs and stream time) from the inbound topic.
/// Finds inbound records that no run names or that two name, and digests that differ from the journal's.
/// </summary>
internal sealed class OfflineRun : IWindowOutput
{
    private readonly ProjectEngine _engine;
    private readonly Dictionary<string, ProjectEngine> _engines = [];
    private readonly WindowId _source;
    private readonly WindowId _out;
    private readonly List<ExpectedEvent> _events = [];
    private long _sequence;
    private long _offset;
    private long _time;

    private OfflineRun(IReadOnlyList<ProjectDefinition> versions)
    {
        foreach (var version in versions)
        {
            _engines[ProjectDigest.Compute(version)] =
                ProjectEngine.Build(version).Engine ?? throw new InvalidDataException("The model can't be built.");
        }

        _engine = _engines[ProjectDigest.Compute(versions[0])];
        _source = _engine.Find("cq", "source");
        _out = _engine.Find("cq", "out");
    }

    /// <summary>What the outbound topic has to hold, in order.</summary>
    public IReadOnlyList<ExpectedEvent> Events => _events;

    /// <summary>Inbound records that no run names though a later one is named.</summary>
    public long SkippedInputs { get; private set; }

    /// <summary>Inbound records that a run names which were applied before, or are not in the topic.</summary>
    public long RepeatedInputs { get; private set; }

    /// <summary>Records of the inbound topic applied.</summary>
    public int AppliedInputs { get; private set; }

    /// <summary>Inbound records that don't decode, among those applied.</summary>
    public int Poisoned { get; private set; }

    /// <summary>Digests of the journal that differ from this engine's.</summary>
    public long DigestMismatches { get; private set; }

    /// <summary>The state digest after each record that carries one, by sequence.</summary>
    public Dictionary<long, ulong> Digests { get; } = [];

    /// <summary>Runs the journal.</summary>
    /// <param name="versions">The model, whose results are the events, and further versions, whose digests the journal may have.</param>
    /// <param name="journal">The journal.</param>
    /// <param name="inbound">The inbound topic.</param>
    public static OfflineRun Of(
        IReadOnlyList<ProjectDefinition> versions, IEnumerable<JournalRecord> journal, IReadOnlyList<KafkaRecord> inbound)
    {
        var run = new OfflineRun(versions);
        foreach (var record in journal)
        {
            run.Apply(record, inbound);
        }

        return run;
    }

    /// <summary>The values of an event as text, the same for what is expected and what came.</summary>
    public static string TextOf(EventBlock block, int row)
    {
        var text = new StringBuilder(block.Opcodes[row].ToString());
        foreach (var column in block.Columns)
        {
            text.Append(CultureInfo.InvariantCulture, $",{column.GetObject(row)}");
        }

        return text.ToString();
    }

    void IWindowOutput.OnBlock(WindowId window, EventBlock block)
    {
        for (var row = 0; window == _out && row < block.Count; row++)
        {
            _events.Add(new ExpectedEvent(TextOf(block, row), _sequence, _offset));
        }
    }

    void IWindowOutput.OnBadEvent(WindowId window, string message) =>
        throw new InvalidDataException($"The load has a bad event: {message}");

    private void Apply(JournalRecord record, IReadOnlyList<KafkaRecord> inbound)
    {
        _sequence = record.Sequence;
        if (record.ChangesState)
        {
            _time = Math.Max(_time, record.StreamTime); // The verdict tells of one that goes back.
            ForEach((engine, _) => engine.Begin(new StepTime(_time, record.Epoch.Value, record.Sequence)));
            foreach (var run in record.Runs)
            {
                Publish(run, inbound);
            }

            ForEach((engine, output) => engine.Tick(output));
        }

        if (record.StateDigest is { } said)
        {
            var own = _engines[record.ModelDigest].Digest();
            Digests[record.Sequence] = own;
            DigestMismatches += own == said ? 0 : 1;
        }
    }

    /// <summary>All versions take the same steps; only the first one's results count.</summary>
    private void ForEach(Action<ProjectEngine, IWindowOutput> act)
    {
        foreach (var engine in _engines.Values)
        {
            act(engine, engine == _engine ? this : NoOutput.Instance);
        }
    }

    private void Publish(InboundRun run, IReadOnlyList<KafkaRecord> inbound)
    {
        for (; AppliedInputs < inbound.Count && inbound[AppliedInputs].Offset < run.FirstOffset; AppliedInputs++)
        {
            SkippedInputs++;
        }

        if (AppliedInputs == inbound.Count || inbound[AppliedInputs].Offset != run.FirstOffset)
        {
            RepeatedInputs++;
            return;
        }

        var block = new EventBlock(_engine.SchemaOf(_source));
        for (; AppliedInputs < inbound.Count && inbound[AppliedInputs].Offset <= run.LastOffset; AppliedInputs++)
        {
            _offset = inbound[AppliedInputs].Offset;
            if (EventBlockCodec.TryDecode(inbound[AppliedInputs].Value, block.Schema, block) == EventBlockError.None)
            {
                ForEach((engine, output) => engine.Publish(engine.Find("cq", "source"), block, output));
            }
            else
            {
                Poisoned++;
            }
        }
    }

    private sealed class NoOutput : IWindowOutput
    {
        public static readonly NoOutput Instance = new();

        public void OnBlock(WindowId window, EventBlock block)
        {
            // The same results again.
        }

        public void OnBadEvent(WindowId window, string message) =>
            throw new InvalidDataException($"The load has a bad event: {message}");
    }
}
