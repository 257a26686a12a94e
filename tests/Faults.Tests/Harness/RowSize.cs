namespace Lockstep.Faults.Tests.Harness;

/// <summary>How often a row repeats its fault: less in the quick half. scripts/run-faults.sh --all sets LOCKSTEP_FAULTS_FULL.</summary>
internal static class RowSize
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("LOCKSTEP_FAULTS_FULL") == "1";

    public static int Of(int quick, int full) => IsFull ? full : quick;
}
