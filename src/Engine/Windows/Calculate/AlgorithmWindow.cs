using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects.Algorithms;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Windows.Calculate;

/// <summary>
/// window-calculate with any algorithm but Summary: each insert or update is an event for the algorithm, a delete takes nothing back.
/// Where each event gives one, updates and deletes are those of the stored row, as for Summary; else an update gives upserts
/// and a delete takes the row of its key away when there is one. An algorithm whose results take each other's place gives upserts.
/// </summary>
/// <param name="name"><c>contquery/window</c>.</param>
/// <param name="schema">The schema of what leaves.</param>
/// <param name="algorithm">The algorithm.</param>
/// <param name="results">Makes events of its results.</param>
/// <param name="output">How many events leave for one.</param>
/// <param name="keepsKeys">The output's key is the input's.</param>
/// <param name="rows">Rows by key; null for none.</param>
internal sealed class AlgorithmWindow(
    string name, Schema schema, CalculateAlgorithm algorithm, ResultRows results, AlgorithmOutput output, bool keepsKeys, KeyedRows? rows)
    : Window(name, schema)
{
    private readonly EventBlock _computed = new(schema);

    /// <inheritdoc/>
    public override void Process(EventBlock input, int inputIndex, StepScope step)
    {
        var target = rows is null ? Output : _computed;
        if (rows is not null)
        {
            _computed.Clear();
        }

        for (var row = 0; row < input.Count; row++)
        {
            var opcode = input.Opcodes[row];
            if (opcode is Opcode.Delete or Opcode.SafeDelete)
            {
                Delete(input, row, target);
                continue;
            }

            results.Begin(input, row, target, OpcodeOf(opcode), step);
            algorithm.Observe(input, row, results);
        }

        rows?.Apply(_computed, Output, step);
    }

    /// <inheritdoc/>
    public override bool MapsInserts => rows is null && output == AlgorithmOutput.OnePerEvent && keepsKeys;

    /// <inheritdoc/>
    public override WindowState State => WindowState.Running | KeyedRows.StateOf(rows);

    /// <inheritdoc/>
    public override KeyedRows? Kept => rows;

    /// <inheritdoc/>
    public override ulong Digest() => StateHash.Combine(algorithm.Digest(), rows?.Digest() ?? 0);

    /// <inheritdoc/>
    public override void WriteState(SnapshotWriter writer)
    {
        algorithm.WriteState(writer);
        rows?.WriteState(writer);
    }

    /// <inheritdoc/>
    public override void ReadState(SnapshotReader reader)
    {
        algorithm.ReadState(reader);
        rows?.ReadState(reader);
    }

    private bool Replaces => algorithm.RepeatsKeys && !keepsKeys;

    private bool IsPairWise => rows is not null && output == AlgorithmOutput.OnePerEvent && !Replaces;

    private Opcode OpcodeOf(Opcode opcode) => opcode switch
    {
        Opcode.Insert when !Replaces => Opcode.Insert,
        _ when IsPairWise => opcode,
        _ => Opcode.Upsert,
    };

    private void Delete(EventBlock input, int row, EventBlock target)
    {
        if (IsPairWise)
        {
            results.AppendDelete(input, row, target, input.Opcodes[row]);
        }
        else if (rows is not null && keepsKeys && output == AlgorithmOutput.SomeEvents && !KeyedRows.IsHalf(input, row))
        {
            results.AppendDelete(input, row, target, Opcode.SafeDelete);
        }
    }
}
