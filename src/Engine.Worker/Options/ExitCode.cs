namespace Lockstep.Engine.Worker.Options;

/// <summary>Exit codes of the worker; the launcher decides by them whether to start it again (diagnostics.md).</summary>
internal static class ExitCode
{
    /// <summary>Ended on purpose.</summary>
    public const int Done = 0;

    /// <summary>The model is invalid.</summary>
    public const int InvalidModel = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Another member has taken over: start again, it rejoins as standby.</summary>
    public const int Fenced = 3;

    /// <summary>A connector failed and nothing is left to do; the log says why.</summary>
    public const int ConnectorFailed = 4;

    /// <summary>A defect: an exception that nobody expected.</summary>
    public const int Defect = 5;
}
