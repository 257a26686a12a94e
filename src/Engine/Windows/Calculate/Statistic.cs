namespace Lockstep.Engine.Windows.Calculate;

/// <summary>What Summary can put out, named as in its output map without the ending Out.</summary>
internal enum Statistic
{
    /// <summary>Values that are not missing.</summary>
    N,

    /// <summary>Missing values.</summary>
    Nmiss,

    /// <summary>Smallest.</summary>
    Min,

    /// <summary>Largest.</summary>
    Max,

    /// <summary>Sum.</summary>
    Sum,

    /// <summary>Mean.</summary>
    Mean,

    /// <summary>Sample standard deviation.</summary>
    Std,

    /// <summary>Sample variance.</summary>
    Var,

    /// <summary>Corrected sum of squares.</summary>
    Css,

    /// <summary>Uncorrected sum of squares.</summary>
    Uss,

    /// <summary>Standard error of the mean.</summary>
    Stderr,

    /// <summary>Coefficient of variation in percent.</summary>
    Cv,
}
