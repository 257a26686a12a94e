namespace Lockstep.Engine.Windows.Calculate;

/// <summary>The columns of a row of SST.</summary>
internal sealed class SubspaceOutputs(AlgorithmSetup setup)
{
    private readonly OutputPlaces? _angle = setup.Output("projAngleOut");
    private readonly OutputPlaces? _residual = setup.Output("residualOut");
    private readonly OutputPlaces? _rank = setup.Output("numRankOut");
    private readonly OutputPlaces? _vectors = setup.Output("principalVecOut");
    private readonly OutputPlaces? _change = setup.Output("PCAngleChangeOut");
    private readonly OutputPlaces? _absolute = setup.Output("PCAbsoluteAngleOut");

    public void Write(
        ResultRows rows, double angle, double residual, int rank, ReadOnlySpan<double> vectors, (double Change, double Absolute) angles)
    {
        rows.Set(_angle, angle);
        rows.Set(_residual, residual);
        rows.Set(_rank, rank);
        rows.SetAll(_vectors, vectors);
        rows.Set(_change, angles.Change);
        rows.Set(_absolute, angles.Absolute);
    }
}
