namespace Lockstep.Engine.Windows.Calculate;

/// <summary>Sums over all bins.</summary>
/// <param name="Events">Events.</param>
/// <param name="Others">Others.</param>
/// <param name="Concordant">Pairs of an event and another with the higher probability at the event.</param>
/// <param name="Tied">Pairs in one bin.</param>
internal readonly record struct RocTotals(double Events, double Others, double Concordant, double Tied);

/// <summary>The columns of a row of ROC. A quotient by zero is null.</summary>
internal sealed class RocOutputs(AlgorithmSetup setup)
{
    private readonly OutputPlaces? _bin = setup.Output("binIdOut");
    private readonly OutputPlaces? _cutOff = setup.Output("cutOffOut");
    private readonly OutputPlaces? _tp = setup.Output("tpOut");
    private readonly OutputPlaces? _fp = setup.Output("fpOut");
    private readonly OutputPlaces? _fn = setup.Output("fnOut");
    private readonly OutputPlaces? _tn = setup.Output("tnOut");
    private readonly OutputPlaces? _sensitivity = setup.Output("sensitivityOut");
    private readonly OutputPlaces? _specificity = setup.Output("specificityOut");
    private readonly OutputPlaces? _ks = setup.Output("ksOut");
    private readonly OutputPlaces? _ks2 = setup.Output("ks2Out");
    private readonly OutputPlaces? _fHalf = setup.Output("fHalfOut");
    private readonly OutputPlaces? _fpr = setup.Output("fprOut");
    private readonly OutputPlaces? _acc = setup.Output("accOut");
    private readonly OutputPlaces? _fdr = setup.Output("fdrOut");
    private readonly OutputPlaces? _f1 = setup.Output("f1Out");
    private readonly OutputPlaces? _c = setup.Output("cOut");
    private readonly OutputPlaces? _gini = setup.Output("giniOut");
    private readonly OutputPlaces? _gamma = setup.Output("gammaOut");
    private readonly OutputPlaces? _tau = setup.Output("tauOut");
    private readonly OutputPlaces? _misc = setup.Output("miscEventOut");

    public void Write(ResultRows rows, int bin, double cutOff, double tp, double fp, RocTotals totals, bool isBest)
    {
        var (fn, tn) = (totals.Events - tp, totals.Others - fp);
        var all = totals.Events + totals.Others;
        var pairs = totals.Events * totals.Others;
        var discordant = pairs - totals.Concordant - totals.Tied;
        rows.Set(_bin, bin);
        rows.Set(_cutOff, cutOff);
        rows.Set(_tp, tp);
        rows.Set(_fp, fp);
        rows.Set(_fn, fn);
        rows.Set(_tn, tn);
        rows.Set(_sensitivity, tp / totals.Events);
        rows.Set(_specificity, tn / totals.Others);
        rows.Set(_ks, isBest ? 1.0 : 0.0);
        rows.Set(_ks2, (tp / totals.Events) - (fp / totals.Others));
        rows.Set(_fHalf, 1.25 * tp / ((1.25 * tp) + (0.25 * fn) + fp));
        rows.Set(_fpr, fp / totals.Others);
        rows.Set(_acc, (tp + tn) / all);
        rows.Set(_fdr, fp / (tp + fp));
        rows.Set(_f1, 2 * tp / ((2 * tp) + fn + fp));
        rows.Set(_c, (totals.Concordant + (totals.Tied / 2)) / pairs);
        rows.Set(_gini, (totals.Concordant - discordant) / pairs);
        rows.Set(_gamma, (totals.Concordant - discordant) / (totals.Concordant + discordant));
        rows.Set(_tau, (totals.Concordant - discordant) / (all * (all - 1) / 2));
        rows.Set(_misc, (fp + fn) / all);
    }
}
